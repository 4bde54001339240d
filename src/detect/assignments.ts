// Finds secrets that only their name gives away: `password: …`, `CLIENT_SECRET=…`, `Authorization: Bearer …`.
// `families.ts` calls it where such a name stands. `secret-values.ts` tells values from placeholders and prose.

import { isKeyLike, isPasswordLike, isPlaceholder } from "./secret-values.ts";
import { eachMatch, hasContextBefore, type Detector } from "./span.ts";

const name = String.raw`(pass(?:word|wd|phrase|code|wort)|pwd|contraseña|mot de passe|kennwort|(?<!(?:public|pub|csrf|xsrf|primary|foreign|bucket|schema|sequence|cache|partition|sort|object|idempotency|translation|issue|row|index|hot|natural|kms|host|session)[_.-]?)(?:(?:secret|token|api|access|auth|private|encryption|signing|account|storage|master|webhook|shared|license|service)[_ .-]?(?:access[_ .-]?)?key|secret|token|credentials?|creds|auth|(?<=[a-z0-9]{2}[_-])key))`;
/** What may follow the name and leave it one; a name of something about the secret is none. */
const suffix = String.raw`(?![_ .-]?(?:name|length|size|ur[il]|uri|endpoint|id|ids|file|path|type|alias|version|selector|ring|pair|store|tab|code|word|frame|source|results|count|limit|expir\w*|ttl|hash\b|down|up|press\w*)(?![a-z]))(?:[_-]?(?:value|string|base64|b64)|(?:[_-][a-z0-9]{1,12}){1,4})?(?![a-z])`;
const link = String.raw`["'\x60\])]{0,2}(?:[ \t]{1,3}(?:string|str|String)(?=[ \t]*=))?(?:[ \t]{0,4}(?:[?+.]?=|:{1,3}=|=>|==|: ?[|>]\n|[>|]\n?|:| is:?| was:?|,)[ \t]{0,8}@?\n?[ \t]{0,8}|[ \t]{1,4}(?=["']))`;
const value = String.raw`(?:"([^"\s]{6,400})"|'([^'\s]{6,400})'|["'\x60]?([^\s"'\x60,;<>(){}\[\]|\\]{6,512})(["'\x60(\[]?))`;
const assignment = new RegExp(name + suffix + link + value, "gi");
const authorization =
  /(?<![A-Za-z])(?:authorization["']?[ \t]{0,2}[:=][ \t]{0,4}["']?(?:(?:Bearer|Basic|(?:Api-)?Token|ApiKey)[ \t]{1,4})?([A-Za-z0-9._~+/@-]{8,2048}={0,3})|(?:Bearer|Basic|Token)[ \t]{1,4}([A-Za-z0-9._~+/-]{16,2048}={0,3}))(?![\w.~+/-])/gi;
/** `curl -u name:password` */
const login = /(?<=\s)-(?:u|-user)[ =][ \t]{0,4}["']?([^\s"':]{0,64}:([^\s"']{3,128}))/g;
const passwordNames = /^(?:pass|pwd|contra|mot|kenn)/i;

export const findAssignments: Detector = (region, found) => {
  const push = (kind: string, start: number, length: number) =>
    found.push({ label: "secret", kind, start, end: start + length, certain: false });
  eachMatch(assignment, region, (match, start) => {
    const quoted = match[2] ?? match[3];
    const bare = match[4] ?? "";
    const closing = match[5] ?? "";
    const text = quoted ?? bare.replace(/[.?:]+$/, "");
    if (closing === "(" || closing === "[" || text.length < 6 || isPlaceholder(text)) return;
    const isPassword = passwordNames.test(match[1] ?? "");
    if (isPassword ? !isPasswordLike(text) : !isKeyLike(text, quoted !== undefined)) return;
    const behind = quoted === undefined ? bare.length + closing.length : quoted.length + 1;
    push(isPassword ? "password" : "generic-secret", start + match[0].length - behind, text.length);
  });
  eachMatch(authorization, region, (match, start) => {
    const text = match[1] ?? match[2] ?? "";
    const isShort = match[1] !== undefined && text.length < 16;
    if (isPlaceholder(text) || (isShort ? !/[\d=]/.test(text) : !isKeyLike(text, false))) return;
    push("authorization", start + match[0].length - text.length, text.length);
  });
  if (!region.text.includes("-u")) return;
  eachMatch(login, region, (match, start) => {
    const [whole, pair = "", password = ""] = match;
    if (isPlaceholder(pair) || isPlaceholder(password) || !isPasswordLike(password)) return;
    if (hasContextBefore(region.whole, start, /\bcurl\b/, 400))
      push("password", start + whole.length - pair.length, pair.length);
  });
};
