"""One trial as one HTML file: the page, its style and all the trial's documents within it."""

import base64
import hashlib
import json

from autolab.web.documents import document
from autolab.web.page_files import asset, page
from autolab.web.shelf import Shelf
from autolab.web.site import public, trial_keys


def single_page(shelf: Shelf, run: str, name: str) -> str:
    """The HTML. It loads nothing: its policy allows its own script and style by their hashes, and nothing else."""
    data = {"/".join(key): public(document(shelf, key)) for key in trial_keys(shelf, run, name)}
    script, style = asset("app.js").decode(), asset("app.css").decode()
    icon = "data:image/svg+xml;base64," + base64.b64encode(asset("icon.svg")).decode()
    policy = f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; base-uri 'none'; form-action 'none'"
    text = page(live=False, policy=policy)
    text = text.replace('<link rel="icon" href="icon.svg" type="image/svg+xml">', f'<link rel="icon" href="{icon}" type="image/svg+xml">')
    text = text.replace('<link rel="stylesheet" href="app.css">', f"<style>{style}</style>")
    text = text.replace('<script src="app.js" defer></script>', "")
    # Inert: a block of data is never run, and no "<" of an agent's text can end it.
    inlined = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    block = f'<script type="application/json" id="autolab-data">{inlined}</script>\n    <script>{script}</script>'
    return text.replace("</body>", f"{block}\n  </body>")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
