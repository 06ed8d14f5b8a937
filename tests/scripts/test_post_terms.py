"""Glossary links in lessons: once a term, never where a link would be wrong."""

from scripts.steps.post.terms import Term, glossary_terms, link_terms
from theme import facts

SHARD = Term("shard", "샤드", "deployment-scaling")
MODE = Term("cluster-mode", "클러스터 모드", "deployment-scaling")
CLUSTER = Term("cluster", "클러스터", "deployment-scaling")


def linked(body: str, *terms: Term) -> str:
    html = link_terms(f"<body>샤드<article>{body}</article>샤드</body>", terms, "../g/")
    return html.removeprefix("<body>샤드<article>").removesuffix("</article>샤드</body>")


def test_the_first_mention_becomes_a_link_and_later_ones_do_not() -> None:
    assert linked("<p>샤드를 더하고 샤드마다</p>", SHARD) == (
        '<p><a class="term-link" href="../g/#shard">샤드</a>를 더하고 샤드마다</p>'
    )


def test_the_longer_of_two_terms_wins() -> None:
    assert 'href="../g/#cluster-mode">클러스터 모드</a>' in linked("<p>클러스터 모드를</p>", CLUSTER, MODE)


def test_links_code_headings_tables_and_quizzes_are_left_alone() -> None:
    for body in (
        '<p><a href="#">샤드</a></p>',
        "<p><code>샤드</code></p>",
        "<h2>샤드</h2>",
        "<table><tr><td>샤드<br>둘</td></tr></table>",
        '<div class="quiz"><div><p>샤드</p></div><p>샤드</p></div>',
        '<figure class="dg"><svg><text>샤드</text></svg></figure>',
    ):
        assert linked(body, SHARD) == body


def test_text_after_a_skipped_block_is_linked_again() -> None:
    body = '<div class="quiz"><div><p>샤드</p></div></div><p>샤드</p>'
    assert linked(body, SHARD).endswith('<p><a class="term-link" href="../g/#shard">샤드</a></p>')


def test_part_of_a_longer_word_is_no_mention() -> None:
    assert linked("<p>리샤드</p>", SHARD) == "<p>리샤드</p>"


def test_every_glossary_entry_has_a_form_to_look_for() -> None:
    glossary = facts.load().glossary
    assert {term.id for term in glossary_terms(glossary.values())} == set(glossary)
