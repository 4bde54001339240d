// Finds e-mail addresses.
// `families.ts` calls it where there is an @. Versions (`pkg@1.2`) and image names (`icon@2x.png`) are not addresses.

import { eachMatch, type Detector } from "./span.ts";

const address =
  /(?<![\w.%+-])(?:[ODod]'(?=[A-Za-z]))?[A-Za-z0-9_](?:[\w.%+-]{0,62}[\w%+-])?@((?:[A-Za-z0-9\u00a1-\uffff](?:[\w\u00a1-\uffff-]{0,61}[A-Za-z0-9\u00a1-\uffff])?\.){1,8}(?:[A-Za-z\u00a1-\uffff]{2,24}|xn--[a-z0-9-]{2,40}))(?![\w-])/g;

const notTopLevel =
  /\.(?:png|jpe?g|gif|svg|webp|ico|css|s[ac]ss|less|[cm]?[jt]sx?|json|html?|md|ya?ml|txt|exe|dll|zip)$/i;

export const findEmails: Detector = (region, found) => {
  if (!region.text.includes("@")) return;
  eachMatch(address, region, (match, start) => {
    const text = match[0];
    const end = start + text.length;
    if (text.includes("..") || notTopLevel.test(text)) return;
    const isRepository = text.startsWith("git@") && /^[:/][\w~]/.test(region.whole.slice(end, end + 2));
    if (!isRepository) found.push({ label: "contact", kind: "email", start, end, certain: false });
  });
};
