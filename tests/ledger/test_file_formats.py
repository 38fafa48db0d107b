"""docs/file-formats.md says the same as the code."""

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from autolab.ledger import records
from autolab.ledger.chain import parse

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "file-formats.md").read_text()
MODELS = [each for each in vars(records).values() if isinstance(each, type) and issubclass(each, records.Record)]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_and_every_word_of_a_choice_is_described(model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        words = [word for word in get_args(field.annotation) if isinstance(word, str)]
        if name != "type":
            words.append(name)
        missing = [word for word in words if f"`{word}`" not in TEXT]
        assert not missing, name


def test_the_example_is_a_right_ledger() -> None:
    lines = "".join(re.findall(r'^\{"seq".*\n', TEXT, re.MULTILINE))
    assert len(parse(lines.encode(), "docs/file-formats.md").lines) == 2


def test_the_hash_is_cut_off_where_the_document_says() -> None:
    line = re.findall(r'^\{"seq".*\n', TEXT, re.MULTILINE)[0]
    cut = re.search(r"cut off the last (\d+) bytes", TEXT)
    assert cut is not None
    assert line[-int(cut[1]) :].startswith(',"hash":"')
