/**
 * Leave three of all that is alike, here and on the pages before: styles tell the first and the last of a list from
 * those between. Takes and returns what has been seen: numbers and times by kind.
 *
 * Alike is what no style sheet of the page can tell apart: elements with the same ancestors and the same children,
 * with the same names, classes and attributes (of which values count that a selector names), with text or without.
 */
(before) => {
  const TIMES = 3;
  const rules = (list) =>
    [...list].flatMap((rule) => [rule.selectorText ?? "", ...rules((rule.styleSheet ?? rule).cssRules ?? [])]);
  const selectors = [...document.styleSheets].flatMap((sheet) => rules(sheet.cssRules)).join("\n");
  const named = new Set(["class", ...[...selectors.matchAll(/\[([\w-]+)/g)].map(([, name]) => name)]);
  const ids = new Set([...selectors.matchAll(/#([\w-]+)/g)].map(([, id]) => id));
  const seen = new Map(Object.entries(before));

  const entry = (text) => seen.get(text) ?? seen.set(text, { number: seen.size, times: 0 }).get(text);
  const written = ({ name, value }) => (named.has(name) || (name === "id" && ids.has(value)) ? `${name}=${value}` : name);
  const speaks = (one) => [...one.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
  const own = (one) => `${one.localName} ${[...one.attributes].map(written).sort()} ${speaks(one)}`;
  const kind = (one) => entry(`${own(one)} {${[...new Set([...one.children].map(kind))].sort()}}`).number;

  const shorten = (parent, path) => {
    for (const child of [...parent.children]) {
      const alike = entry(`${path} > ${kind(child)}`);
      alike.times += 1;
      if (alike.times > TIMES) child.remove();
      else shorten(child, entry(`${path} > ${own(child)}`).number);
    }
  };
  const sheets = [...document.styleSheets].map(({ href }) => href);
  shorten(document.body, entry(`${sheets} ${own(document.documentElement)} ${own(document.body)}`).number);
  return Object.fromEntries(seen);
};
