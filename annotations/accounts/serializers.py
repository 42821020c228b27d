"""People, labs and tokens as JSON."""

from rest_framework import serializers

from annotations.accounts.models import ApiToken, Lab, LabMembership, LabRole, User


class UserSerializer(serializers.ModelSerializer[User]):
    """A person."""

    class Meta:
        model = User
        fields = ["id", "username", "email", "display_name"]
        read_only_fields = fields


class SessionSerializer(serializers.Serializer[object]):
    """Who is signed in, and what a page needs to go on."""

    user = UserSerializer(allow_null=True)
    setup_needed = serializers.BooleanField()
    csrf = serializers.CharField()
    version = serializers.CharField()


class SignedInSerializer(serializers.Serializer[object]):
    """The person who is signed in now."""

    user = UserSerializer()


class LoginSerializer(serializers.Serializer[object]):
    """What somebody signs in with."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class PasswordChangeSerializer(serializers.Serializer[object]):
    """The password of now, and the one to come."""

    current = serializers.CharField(max_length=1000, trim_whitespace=False)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class SetupSerializer(serializers.Serializer[object]):
    """The first account of a site, and its lab."""

    username = serializers.CharField(max_length=150)
    email = serializers.EmailField()
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    lab_name = serializers.CharField(max_length=150)


class ApiTokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token, without its secret."""

    class Meta:
        model = ApiToken
        fields = ["id", "name", "prefix", "created_at", "last_used_at"]
        read_only_fields = ["id", "prefix", "created_at", "last_used_at"]


class NewApiTokenSerializer(serializers.Serializer[object]):
    """A token with its secret: the only time that it is shown."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    token = serializers.CharField()


class LabSerializer(serializers.ModelSerializer[Lab]):
    """A lab, with the reader's role in it."""

    role = serializers.ChoiceField(choices=LabRole.choices, read_only=True)

    class Meta:
        model = Lab
        fields = ["id", "name", "slug", "role", "created_at"]
        read_only_fields = ["id", "slug", "created_at"]


class LabMemberSerializer(serializers.ModelSerializer[LabMembership]):
    """A member of a lab."""

    user = UserSerializer(read_only=True)

    class Meta:
        model = LabMembership
        fields = ["user", "role"]
