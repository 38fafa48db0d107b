"""The coding agents that are known: where each comes from, and how it is run headless against the gateway."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from autolab.models.gateway import URL

HOME = "/agent"
"""Where the box sees an installed program's folder."""


@dataclass(frozen=True)
class Launch:
    """What a program is started with. `model`: the model's name without its provider."""

    prompt: str
    model: str
    token: str  # the trial's, in place of a key
    editable: tuple[str, ...]


@dataclass(frozen=True)
class Started:
    """How it is started: words (a path without a slash in front is in the program's folder), and environment."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    files: Mapping[str, str] = field(default_factory=dict)  # written before: absolute path in the box, text


@dataclass(frozen=True)
class Program:
    """A coding agent. `marker`: a file of its folder, perhaps with `*`, that is there once it is installed; it is run.

    `interpreter`: what runs the file, "" where it runs by itself.
    """

    name: str
    source: Literal["npm", "pypi"]
    package: str
    marker: str
    start: Callable[[Launch], Started]
    interpreter: str = ""


def _claude_code(launch: Launch) -> Started:
    env = {
        "ANTHROPIC_BASE_URL": URL,
        "ANTHROPIC_API_KEY": launch.token,
        "ANTHROPIC_MODEL": launch.model,
        "ANTHROPIC_SMALL_FAST_MODEL": launch.model,
        "ANTHROPIC_DEFAULT_HAIKU_MODEL": launch.model,
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
        "IS_SANDBOX": "1",
    }
    return Started(("-p", launch.prompt, "--dangerously-skip-permissions", "--output-format", "stream-json", "--verbose"), env)


def _codex(launch: Launch) -> Started:
    provider = f'{{name="lab", base_url="{URL}/v1", env_key="LAB_TOKEN", wire_api="responses"}}'
    settings = (
        f"model_providers.lab={provider}", 'model_provider="lab"', f"model={json.dumps(launch.model)}",
        'web_search="disabled"', "check_for_update_on_startup=false", "analytics.enabled=false",
    )  # fmt: skip
    words = [word for setting in settings for word in ("-c", setting)]
    bypass = ("--dangerously-bypass-approvals-and-sandbox", "--skip-git-repo-check", "--json")
    return Started(("exec", *bypass, *words, launch.prompt), {"LAB_TOKEN": launch.token})


def _opencode(launch: Launch) -> Started:
    model = {"name": launch.model, "tool_call": True, "limit": {"context": 200_000, "output": 16_000}}
    provider = {
        "npm": "@ai-sdk/openai-compatible",
        "options": {"baseURL": f"{URL}/v1", "apiKey": "{env:LAB_TOKEN}"},
        "models": {launch.model: model},
    }
    config = {
        "provider": {"lab": provider}, "model": f"lab/{launch.model}", "small_model": f"lab/{launch.model}",
        "autoupdate": False, "share": "disabled", "permission": "allow",
    }  # fmt: skip
    env = {
        "LAB_TOKEN": launch.token, "OPENCODE_CONFIG_CONTENT": json.dumps(config), "OPENCODE_DISABLE_MODELS_FETCH": "1",
        "OPENCODE_DISABLE_AUTOUPDATE": "1", "OPENCODE_DISABLE_LSP_DOWNLOAD": "1", "OPENCODE_DISABLE_DEFAULT_PLUGINS": "1",
    }  # fmt: skip
    return Started(("run", "--model", f"lab/{launch.model}", launch.prompt), env)


def _gemini_cli(launch: Launch) -> Started:
    env = {
        "GEMINI_API_KEY": launch.token, "GOOGLE_GEMINI_BASE_URL": URL, "GEMINI_MODEL": launch.model,
        "GEMINI_TELEMETRY_ENABLED": "false", "GEMINI_CLI_TRUST_WORKSPACE": "true",
    }  # fmt: skip
    settings = {
        "security": {"auth": {"selectedType": "gemini-api-key"}}, "general": {"enableAutoUpdate": False},
        "privacy": {"usageStatisticsEnabled": False}, "tools": {"exclude": ["google_web_search", "web_fetch"]},
    }  # fmt: skip
    words = ("--yolo", "--model", launch.model, "--prompt", launch.prompt)
    return Started(words, env, {"/tmp/.gemini/settings.json": json.dumps(settings)})  # noqa: S108 - the box's own


def _mini_swe_agent(launch: Launch) -> Started:
    env = {
        "OPENAI_API_KEY": launch.token, "OPENAI_API_BASE": f"{URL}/v1", "OPENAI_BASE_URL": f"{URL}/v1",
        "MSWEA_CONFIGURED": "true", "MSWEA_COST_TRACKING": "ignore_errors", "MSWEA_SILENT_STARTUP": "1",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }  # fmt: skip
    words = ("--model", f"openai/{launch.model}", "--task", launch.prompt, "--yolo", "--exit-immediately", "--cost-limit", "0")
    return Started((*words, "--output", "/tmp/trajectory.json"), env)  # noqa: S108 - the box's own


def _aider(launch: Launch) -> Started:
    env = {
        "OPENAI_API_KEY": launch.token, "OPENAI_API_BASE": f"{URL}/v1", "AIDER_ANALYTICS": "false", "AIDER_CHECK_UPDATE": "false",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }  # fmt: skip
    words = (
        "--model", f"openai/{launch.model}", "--message", launch.prompt, "--yes-always", "--no-git", "--no-show-model-warnings",
        "--no-check-update", "--no-show-release-notes", "--no-detect-urls", "--no-pretty", "--no-gitignore",
        "--edit-format", "diff", "--auto-test", "--test-cmd", 'lab measure -m "an edit"', "--map-tokens", "0",
        "--input-history-file", "/tmp/aider.input", "--chat-history-file", "/tmp/aider.md",  # noqa: S108 - the box's own
    )  # fmt: skip
    return Started((*words, *launch.editable), env)


_WRITE = 'mkdir -p "$(dirname "$1")" && printf %s "$2" >"$1" && shift 2 && exec "$@"'


def with_files(files: Mapping[str, str], argv: tuple[str, ...]) -> tuple[str, ...]:
    """A command that writes these files first."""
    for path, text in files.items():
        argv = ("/bin/sh", "-c", _WRITE, "sh", path, text, *argv)
    return argv


PROGRAMS: Mapping[str, Program] = {
    program.name: program
    for program in (
        Program(
            "claude-code", "npm", "@anthropic-ai/claude-code",
            "node_modules/@anthropic-ai/claude-code-linux-x64/claude", _claude_code,
        ),
        Program("codex", "npm", "@openai/codex", "node_modules/@openai/codex-linux-x64/vendor/*/bin/codex", _codex),
        Program("opencode", "npm", "opencode-ai", "node_modules/opencode-linux-x64/bin/opencode", _opencode),
        Program(
            "gemini-cli", "npm", "@google/gemini-cli", "node_modules/@google/gemini-cli/bundle/gemini.js", _gemini_cli,
            "/usr/bin/node",
        ),
        Program("mini-swe-agent", "pypi", "mini-swe-agent", "bin/mini", _mini_swe_agent, "bin/python"),
        Program("aider", "pypi", "aider-chat", "bin/aider", _aider, "bin/python"),
    )
}  # fmt: skip
"""By name. Each is told by its documented settings to talk to the gateway, and to leave the network alone."""
