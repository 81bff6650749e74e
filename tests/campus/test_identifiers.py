"""Which texts may name a site, a device or a feed, and so become a path."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pipelines.campus.identifiers import Identifier, is_identifier


@pytest.mark.parametrize("text", ["m1", "m1-gt-01", "0", "tva_demand", "x" * 63])
def test_lower_case_letters_digits_and_two_signs_name_things(text: str) -> None:
    assert is_identifier(text)


@pytest.mark.parametrize(
    "text",
    ["", "-a", "_a", ".", "..", "a/b", "a.b", "A", "a b", "a\n", "ä", "x" * 64, "'; drop table", "{{x}}"],
)
def test_nothing_else_does(text: str) -> None:
    assert not is_identifier(text)


@given(st.text(max_size=70) | st.from_regex(r"[a-z0-9_-]{0,66}\n?"))
def test_the_model_and_the_function_agree(text: str) -> None:
    try:
        TypeAdapter(Identifier).validate_python(text)
    except ValidationError:
        assert not is_identifier(text)
    else:
        assert is_identifier(text)
