"""Projects, members, samples and invitations as JSON."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotations.accounts.models import Invitation, LabRole
from annotations.accounts.serializers import UserSerializer
from annotations.images.models import Split
from annotations.projects import selectors
from annotations.projects.models import (
    AcceptRule,
    LabelClass,
    Project,
    ProjectMembership,
    ProjectRole,
    Sample,
    SampleState,
    TaskKind,
)
from annotations.projects.services.invitations import token_of

UNITS = ["image", "cell"]
REFERENCE_USES = ["none", "holdout", "all"]


class LabelClassSerializer(serializers.ModelSerializer[LabelClass]):
    """A class; without an id it is a new one."""

    id = serializers.IntegerField(required=False)
    color = serializers.RegexField(r"^#[0-9a-fA-F]{6}$", required=False)
    key = serializers.CharField(max_length=1, required=False, allow_blank=True)
    name = serializers.CharField(max_length=100)

    class Meta:
        model = LabelClass
        fields = ["id", "index", "name", "color", "key"]
        read_only_fields = ["index"]


class PolicySerializer(serializers.Serializer[object]):
    """How answers are gathered; see `annotations.projects.policy`."""

    overlap = serializers.IntegerField(required=False)
    lease_seconds = serializers.IntegerField(required=False)
    accept_rule = serializers.ChoiceField(choices=AcceptRule.choices, required=False)
    accept_threshold = serializers.FloatField(required=False)
    consensus_method = serializers.CharField(required=False)


class LoopSerializer(serializers.Serializer[object]):
    """How rounds go; see `annotations.projects.policy`."""

    strategy = serializers.CharField(required=False)
    batch_size = serializers.IntegerField(required=False)
    control_fraction = serializers.FloatField(required=False)
    max_rounds = serializers.IntegerField(required=False)
    train_minutes = serializers.FloatField(required=False)
    auto = serializers.BooleanField(required=False)
    compare_arms = serializers.BooleanField(required=False)


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A project, with the reader's role in it."""

    lab_name = serializers.CharField(source="lab.name")
    role = serializers.SerializerMethodField()
    archived = serializers.SerializerMethodField()
    policy = PolicySerializer(source="*")
    loop = LoopSerializer()
    classes = LabelClassSerializer(many=True)

    class Meta:
        model = Project
        fields = [
            "id",
            "lab",
            "lab_name",
            "name",
            "task_kind",
            "datasets",
            "instructions",
            "role",
            "archived",
            "created_at",
            "sample_unit",
            "use_reference_masks",
            "partial_labels",
            "multi_label",
            "policy",
            "loop",
            "classes",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=ProjectRole.choices))
    def get_role(self, project: Project) -> str | None:
        """Return the reader's role."""
        return selectors.role_of(project)

    def get_archived(self, project: Project) -> bool:
        """Say whether the project was put away."""
        return project.archived_at is not None


class NewProjectSerializer(serializers.Serializer[object]):
    """What a project is made from."""

    lab = serializers.IntegerField()
    name = serializers.CharField(max_length=200)
    task_kind = serializers.ChoiceField(choices=TaskKind.choices)
    datasets = serializers.ListField(child=serializers.IntegerField(), required=False)
    instructions = serializers.CharField(required=False, allow_blank=True)
    classes = LabelClassSerializer(many=True, required=False)
    overlap = serializers.IntegerField(required=False)
    sample_unit = serializers.ChoiceField(choices=UNITS, required=False)
    use_reference_masks = serializers.ChoiceField(choices=REFERENCE_USES, required=False)
    partial_labels = serializers.BooleanField(required=False)
    multi_label = serializers.BooleanField(required=False)


class ProjectChangesSerializer(serializers.Serializer[object]):
    """What is to be changed of a project. `classes`, where given, are all its classes."""

    name = serializers.CharField(max_length=200, required=False)
    instructions = serializers.CharField(required=False, allow_blank=True)
    datasets = serializers.ListField(child=serializers.IntegerField(), required=False)
    use_reference_masks = serializers.ChoiceField(choices=REFERENCE_USES, required=False)
    archived = serializers.BooleanField(required=False)
    policy = PolicySerializer(required=False)
    loop = LoopSerializer(required=False)
    classes = LabelClassSerializer(many=True, required=False)


class ProjectMemberSerializer(serializers.ModelSerializer[ProjectMembership]):
    """A member of a project."""

    user = UserSerializer(read_only=True)

    class Meta:
        model = ProjectMembership
        fields = ["user", "role"]


class NewMemberSerializer(serializers.Serializer[object]):
    """Somebody who has an account, by user name or e-mail address."""

    username = serializers.CharField(max_length=150, required=False)
    email = serializers.EmailField(required=False)
    role = serializers.ChoiceField(choices=ProjectRole.choices)

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        """Ask for a name."""
        if not attrs.get("username") and not attrs.get("email"):
            raise serializers.ValidationError("Give a user name or an e-mail address.")
        return attrs


class RegionSerializer(serializers.Serializer[Sample]):
    """A part of an image: y0 <= y < y1, x0 <= x < x1, pixels of full resolution."""

    t = serializers.IntegerField(allow_null=True)
    z = serializers.IntegerField(allow_null=True)
    y0 = serializers.IntegerField()
    x0 = serializers.IntegerField()
    y1 = serializers.IntegerField()
    x1 = serializers.IntegerField()


class SampleSerializer(serializers.ModelSerializer[Sample]):
    """A sample; the queryset comes from `selectors.with_answers`."""

    name = serializers.CharField(source="image.name", read_only=True)
    split = serializers.ChoiceField(choices=Split.choices, read_only=True)
    region = serializers.SerializerMethodField()
    n_answers = serializers.IntegerField(read_only=True)

    class Meta:
        model = Sample
        fields = [
            "id",
            "project",
            "image",
            "name",
            "state",
            "split",
            "group",
            "region",
            "object_id",
            "priority",
            "reason",
            "n_answers",
            "agreement",
        ]
        read_only_fields = fields

    @extend_schema_field(RegionSerializer(allow_null=True))
    def get_region(self, sample: Sample) -> dict[str, int] | None:
        """Return the region; None for a whole image."""
        return RegionSerializer(sample).data if sample.y0 is not None else None


class SampleQuerySerializer(serializers.Serializer[object]):
    """Which samples are listed."""

    project = serializers.IntegerField()
    state = serializers.ChoiceField(choices=SampleState.choices, required=False)
    split = serializers.ChoiceField(choices=Split.choices, required=False)


class NewInvitationSerializer(serializers.Serializer[object]):
    """What an invitation grants, and how often."""

    role = serializers.ChoiceField(choices=LabRole.choices, required=False, allow_null=True)
    project = serializers.IntegerField(required=False, allow_null=True)
    project_role = serializers.ChoiceField(
        choices=ProjectRole.choices, required=False, allow_null=True
    )
    max_uses = serializers.IntegerField(required=False, min_value=1, max_value=1000)
    days = serializers.IntegerField(required=False, min_value=1, max_value=365)
    email = serializers.EmailField(required=False, allow_blank=True)


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """An invitation with its link."""

    role = serializers.SerializerMethodField()
    project_role = serializers.SerializerMethodField()
    token = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    revoked = serializers.SerializerMethodField()

    class Meta:
        model = Invitation
        fields = [
            "id",
            "url",
            "token",
            "expires_at",
            "max_uses",
            "uses",
            "project",
            "project_role",
            "role",
            "email",
            "revoked",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=LabRole.choices, allow_null=True))
    def get_role(self, invitation: Invitation) -> str | None:
        """Return the role in the lab."""
        return invitation.role or None

    @extend_schema_field(serializers.ChoiceField(choices=ProjectRole.choices, allow_null=True))
    def get_project_role(self, invitation: Invitation) -> str | None:
        """Return the role in the project."""
        return invitation.project_role or None

    def get_token(self, invitation: Invitation) -> str:
        """Return what the link carries."""
        return token_of(invitation)

    def get_url(self, invitation: Invitation) -> str:
        """Return the link."""
        path = f"/join?token={token_of(invitation)}"
        request = self.context.get("request")
        return str(request.build_absolute_uri(path)) if request else path

    def get_revoked(self, invitation: Invitation) -> bool:
        """Say whether it was withdrawn."""
        return invitation.revoked_at is not None


class PreviewSerializer(serializers.Serializer[object]):
    """What an invitation is to, for somebody who is not signed in."""

    lab = serializers.CharField()
    project = serializers.CharField(allow_null=True)
    role = serializers.ChoiceField(choices=LabRole.choices, allow_null=True)
    project_role = serializers.ChoiceField(choices=ProjectRole.choices, allow_null=True)
    valid = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)


class InvitationTokenSerializer(serializers.Serializer[object]):
    """What a link carries."""

    token = serializers.CharField(max_length=200)


class SignUpSerializer(InvitationTokenSerializer):
    """A new account through an invitation."""

    username = serializers.CharField(max_length=150)
    email = serializers.EmailField()
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class JoinedSerializer(serializers.Serializer[object]):
    """Who came in, and the page to go to."""

    user = UserSerializer()
    redirect = serializers.CharField()


class ProjectQuerySerializer(serializers.Serializer[object]):
    """Which projects are listed."""

    lab = serializers.IntegerField(required=False)
    archived = serializers.BooleanField(required=False)


class MoveGroupSerializer(serializers.Serializer[object]):
    """Which group, as findings name it ("data set/group"), and where to."""

    group = serializers.CharField(max_length=250)
    split = serializers.ChoiceField(choices=Split.choices)
    confirmed = serializers.BooleanField(required=False, default=False)


class MovedGroupSerializer(serializers.Serializer[object]):
    """Where a group is now, and how much of it changed its split."""

    group = serializers.CharField()
    split = serializers.ChoiceField(choices=Split.choices)
    images = serializers.IntegerField()
    samples = serializers.IntegerField()
