"""The set of operators with their starting weights, and `mutate`, which uses it."""

from collections.abc import Mapping
from random import Random

from autolab.agents.mutate import compiler, expressions, lines, literals, loops, statements, types
from autolab.agents.mutate.change import Mutation, Operator
from autolab.agents.mutate.source import Source, count_errors
from autolab.agents.mutate.syntax import C_FAMILY, CODE, TEXT

_TYPED = CODE - {"python"}
_TEXT = frozenset({TEXT})

OPERATORS = (
    Operator("compiler.add_pragma", 20, C_FAMILY, compiler.add_pragma),
    Operator("compiler.extend_pragma", 6, C_FAMILY, compiler.extend_pragma),
    Operator("compiler.drop_pragma", 0.3, C_FAMILY, compiler.drop_pragma),
    Operator("compiler.optimize_attribute", 2, C_FAMILY, compiler.optimize_attribute),
    Operator("compiler.function_word", 0.7, C_FAMILY | {"rust"}, compiler.function_word),
    Operator("compiler.restrict", 2, C_FAMILY, compiler.restrict),
    Operator("compiler.loop_pragma", 2, C_FAMILY, compiler.loop_pragma),
    Operator("types.swap", 3, _TYPED, types.swap_type),
    Operator("types.single_precision", 6, C_FAMILY, types.single_precision),
    Operator("loops.interchange", 3, CODE, loops.interchange),
    Operator("loops.reverse", 0.5, C_FAMILY, loops.reverse),
    Operator("statements.delete", 0.5, CODE, statements.delete),
    Operator("statements.swap", 0.3, CODE, statements.swap),
    Operator("statements.duplicate", 0.1, CODE, statements.duplicate),
    Operator("statements.hoist", 0.7, CODE, statements.hoist),
    Operator("expressions.swap_operands", 0.3, CODE, expressions.swap_operands),
    Operator("expressions.replace_operator", 0.2, CODE, expressions.replace_operator),
    Operator("expressions.replace_expression", 0.5, CODE, expressions.replace_expression),
    Operator("expressions.unwrap", 1, CODE, expressions.unwrap),
    Operator("expressions.keep_operand", 0.3, CODE, expressions.keep_operand),
    Operator("expressions.reciprocal", 1, C_FAMILY, expressions.reciprocal),
    Operator("literals.nudge", 0.3, CODE, literals.nudge),
    Operator("literals.scale", 0.5, CODE, literals.scale),
    Operator("literals.zero_or_one", 0.3, CODE, literals.zero_or_one),
    Operator("lines.delete", 4, _TEXT, lines.delete),
    Operator("lines.swap", 1, _TEXT, lines.swap),
    Operator("lines.duplicate", 0.5, _TEXT, lines.duplicate),
    Operator("lines.nudge", 2, _TEXT, lines.nudge),
)
"""In a stable order: a seed means the same mutants until this table changes."""

WEIGHTS: Mapping[str, float] = {operator.name: operator.weight for operator in OPERATORS}


def mutate(
    content: bytes, language: str, rng: Random, weights: Mapping[str, float] = WEIGHTS, tries: int = 30
) -> Mutation | None:
    """A slightly different source, or None where no operator found one in `tries`.

    `language` is what `syntax.language_of` says. A mutant never has more syntax errors than its source.
    """
    source = Source(content, language)
    usable = [operator for operator in OPERATORS if language in operator.languages]
    chances = [max(0.0, weights.get(operator.name, operator.weight)) for operator in usable]
    if not sum(chances) > 0:
        return None
    for _ in range(tries):
        operator = rng.choices(usable, chances)[0]
        change = operator.propose(source, rng)
        mutant = content if change is None else change.apply(content)
        if change is None or mutant == content or count_errors(mutant, language) > source.errors:
            continue
        return Mutation(operator.name, change.description, mutant)
    return None
