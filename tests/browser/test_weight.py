"""What a first visit costs, in bytes as a host sends them: text compressed, fonts as they are."""

import gzip

import pytest
from playwright.sync_api import Page, Response

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

BUDGET = 200_000


def compressed(response: Response) -> int:
    """Bytes of the answer after gzip; a woff2 file is compressed already."""
    body = response.body()
    return len(body) if response.url.endswith(".woff2") else len(gzip.compress(body, 9))


@pytest.mark.parametrize("lesson", ["db-cache", "redis-vs-memcached", "deployment-scaling", "service-choice"])
def test_a_lesson_stays_within_its_budget_font_included(root_site: Site, page: Page, lesson: str) -> None:
    answers: list[Response] = []
    page.on("response", lambda response: answers.append(response))
    page.goto(f"{root_site.url}lessons/{lesson}/")
    page.wait_for_load_state("networkidle")
    sizes = {response.url.removeprefix(root_site.url): compressed(response) for response in answers if response.ok}
    heaviest = sorted(sizes.items(), key=lambda item: -item[1])
    print(f"{lesson}: {sum(sizes.values())} bytes", heaviest)
    assert sum(sizes.values()) <= BUDGET, heaviest
