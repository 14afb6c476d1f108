"""How the pages of Data Docs are set: by templates of ours, which load nothing, around what Great Expectations renders."""

from great_expectations.render.view import DefaultJinjaIndexPageView, DefaultJinjaPageView
from jinja2 import ChoiceLoader, PackageLoader


class PageView(DefaultJinjaPageView):  # type: ignore[misc]  # Great Expectations is not typed
    """A suite, or what was found by it."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        _set_by_ours(self)


class IndexPageView(DefaultJinjaIndexPageView):  # type: ignore[misc]
    """The first page: the suites, and what was found by each."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        _set_by_ours(self)


def _set_by_ours(view: DefaultJinjaPageView) -> None:
    view.env.loader = ChoiceLoader([PackageLoader("flows.reports", "templates/data_docs"), view.env.loader])
