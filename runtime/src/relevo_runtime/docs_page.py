"""The documentation page: reads /openapi.json, and needs nothing else. No network, no framework."""

from base64 import b64encode
from hashlib import sha256

_STYLE = """
:root{color-scheme:light dark;--line:#8885}
body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem}
h2{border-top:1px solid var(--line);padding-top:1rem}
code,pre,textarea{font:14px/1.5 ui-monospace,monospace}
pre{border:1px solid var(--line);border-radius:6px;padding:.75rem;overflow:auto}
table{border-collapse:collapse}
td,th{border:1px solid var(--line);padding:.25rem .6rem;text-align:left;vertical-align:top}
label{display:block;margin:.5rem 0}
input{font:inherit;width:100%;box-sizing:border-box}
.gone{text-decoration:line-through}
"""

_SCRIPT = """
const es = navigator.language.startsWith('es');
const say = (english, spanish) => es ? spanish : english;
const main = document.querySelector('main');
function add(parent, tag, text, attributes = {}) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  parent.append(element);
  return element;
}
function table(parent, head, rows) {
  const body = add(parent, 'table');
  const first = add(body, 'tr');
  head.forEach(text => add(first, 'th', text));
  for (const row of rows) {
    const line = add(body, 'tr');
    row.forEach(text => add(line, 'td', text));
  }
}
function tryOut(path, operation) {
  const form = add(main, 'form');
  for (const field of operation.parameters ?? []) {
    const label = add(form, 'label', field.name);
    add(label, 'input', undefined, {name: field.name, placeholder: String(field.example)});
  }
  add(form, 'button', say('Send', 'Enviar'));
  const shown = add(main, 'pre', '', {hidden: ''});
  form.addEventListener('submit', async event => {
    event.preventDefault();
    const query = new URLSearchParams(new FormData(form)).toString();
    const response = await fetch(path.slice(1) + (query ? '?' + query : ''));
    const text = await response.text();
    shown.hidden = false;
    try { shown.textContent = response.status + '\\n' + JSON.stringify(JSON.parse(text), null, 2); }
    catch { shown.textContent = response.status + '\\n' + text; }
  });
}
function show(api) {
  document.title = api.info.title + ' ' + api.info.version;
  add(main, 'h1', document.title);
  add(main, 'p', api.info.description);
  add(add(main, 'p'), 'a', 'openapi.json', {href: 'openapi.json'});
  const problems = new Map();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      add(main, 'h2', method.toUpperCase() + ' ' + path, operation.deprecated ? {class: 'gone'} : {});
      add(main, 'p', operation.summary + (operation.description ? '. ' + operation.description : ''));
      if (operation.parameters) {
        table(main, [say('field', 'campo'), say('type', 'tipo'), say('meaning', 'significado')],
          operation.parameters.map(field => [field.name, field.schema.format ?? field.schema.type,
            (field.description ?? '') + (field.deprecated ? say(' (deprecated)', ' (obsoleto)') : '')]));
      }
      if (method === 'get') tryOut(path, operation);
      const body = operation.requestBody?.content['application/json'].examples ?? {};
      for (const example of Object.values(body)) add(main, 'pre', JSON.stringify(example.value, null, 2));
      for (const response of Object.values(operation.responses)) {
        const examples = response.content?.['application/problem+json']?.examples ?? {};
        for (const [code, example] of Object.entries(examples)) problems.set(code, example.value);
      }
    }
  }
  add(main, 'h2', say('Problems', 'Problemas'));
  const rows = [...problems].sort((one, other) => one[1].status - other[1].status);
  table(main, [say('status', 'estado'), say('code', 'código'), say('meaning', 'significado')],
    rows.map(([code, value]) => [value.status, code, value.title]));
}
fetch('openapi.json').then(response => response.json()).then(show);
"""

PAGE = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>relevo</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head>
<body><main></main><script>{_SCRIPT}</script></body></html>
""".encode()


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


#: Only these very styles and this very script, and only this host to talk to.
HEADERS = (
    (
        b"content-security-policy",
        f"default-src 'none'; style-src {_source(_STYLE)}; script-src {_source(_SCRIPT)}; "
        "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'".encode(),
    ),
)
