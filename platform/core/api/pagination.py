"""Cursor pagination, the same for every list."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Pages by descending primary key."""

    ordering: str | tuple[str, ...] = "-pk"
    page_size = 50
    max_page_size = 500
    page_size_query_param = "page_size"


class OldestFirst(NewestFirst):
    """Pages by ascending primary key."""

    ordering = "pk"
