"""Names of the grammar nodes that operators look for, per language. A name that a grammar lacks simply never matches."""

from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Parser

TEXT = "text"
C_FAMILY = frozenset({"c", "cpp"})
CODE = frozenset({"c", "cpp", "rust", "go", "python"})

SUFFIXES = {
    **dict.fromkeys((".c", ".h"), "c"),
    **dict.fromkeys((".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx"), "cpp"),
    ".rs": "rust",
    ".go": "go",
    ".py": "python",
}


@dataclass(frozen=True)
class Syntax:
    """Node types by role."""

    blocks: frozenset[str]  # their named children are statements
    loops: frozenset[str]
    functions: frozenset[str]
    binary: frozenset[str]  # fields left, operator, right
    assignments: frozenset[str]  # with an operator such as +=
    casts: frozenset[str]  # field value
    calls: frozenset[str]  # field arguments
    numbers: frozenset[str]
    types: frozenset[str]
    expressions: frozenset[str]  # may stand for each other


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_C = Syntax(
    blocks=_words("compound_statement"),
    loops=_words("for_statement while_statement do_statement for_range_loop"),
    functions=_words("function_definition"),
    binary=_words("binary_expression"),
    assignments=_words("assignment_expression"),
    casts=_words("cast_expression"),
    calls=_words("call_expression"),
    numbers=_words("number_literal"),
    types=_words("primitive_type sized_type_specifier"),
    expressions=_words(
        "identifier number_literal binary_expression call_expression subscript_expression field_expression "
        "parenthesized_expression cast_expression unary_expression conditional_expression"
    ),
)
_RUST = Syntax(
    blocks=_words("block"),
    loops=_words("for_expression while_expression loop_expression"),
    functions=_words("function_item"),
    binary=_words("binary_expression"),
    assignments=_words("compound_assignment_expr"),
    casts=_words("type_cast_expression"),
    calls=_words("call_expression"),
    numbers=_words("integer_literal float_literal"),
    types=_words("primitive_type"),
    expressions=_words(
        "identifier integer_literal float_literal binary_expression call_expression index_expression field_expression "
        "parenthesized_expression type_cast_expression unary_expression"
    ),
)
_GO = Syntax(
    blocks=_words("statement_list"),
    loops=_words("for_statement"),
    functions=_words("function_declaration method_declaration"),
    binary=_words("binary_expression"),
    assignments=_words("assignment_statement"),
    casts=_words("type_conversion_expression"),
    calls=_words("call_expression"),
    numbers=_words("int_literal float_literal"),
    types=_words("type_identifier"),
    expressions=_words(
        "identifier int_literal float_literal binary_expression call_expression index_expression selector_expression "
        "parenthesized_expression unary_expression"
    ),
)
_PYTHON = Syntax(
    blocks=_words("block"),
    loops=_words("for_statement while_statement"),
    functions=_words("function_definition"),
    binary=_words("binary_operator boolean_operator"),
    assignments=_words("augmented_assignment"),
    casts=frozenset(),
    calls=_words("call"),
    numbers=_words("integer float"),
    types=frozenset(),
    expressions=_words(
        "identifier integer float binary_operator call subscript attribute parenthesized_expression unary_operator"
    ),
)
SYNTAX = {"c": _C, "cpp": _C, "rust": _RUST, "go": _GO, "python": _PYTHON}


def language_of(path: str) -> str:
    """The language of a file by its suffix: a key of `SYNTAX`, or `text`."""
    return SUFFIXES.get(PurePosixPath(path).suffix.lower(), TEXT)


@cache
def parser(language: str) -> "Parser":
    """The tree-sitter parser of a language of `SYNTAX`."""
    from importlib import import_module

    from tree_sitter import Language, Parser

    return Parser(Language(import_module(f"tree_sitter_{language}").language()))
