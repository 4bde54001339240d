// When what is held may leave although its channel may go on: where nothing in it can be the beginning of a hit.
// `held-text.ts` asks, so that what was said first leaves first where another channel begins.

const sentenceEnd = /^\s*(?:[A-Za-z'()*_-]{0,40}[.!?:)*]["')*]{0,2})?\s*$/;
/** A colon behind one of these begins an address, and addresses hold passwords. */
const scheme =
  /(?:^|\W)(?:https?|s?ftps?|ssh|git|wss?|ldaps?|smtps?|jdbc|odbc|postgres(?:ql)?|mysqlx?|mariadb|mssql|sqlserver|oracle|mongodb|rediss?|valkeys?|amqps?|kafka|nats|mqtts?|bolt|neo4j|clickhouse|cockroachdb|couchbases?|cassandra|elasticsearch|influxdb|snowflake|cql|db2|srv):$/i;
/** No digit, no sign and no capital inside: what keys, cards and numbers begin with. */
const ordinaryWord = /^\s*(?:[A-Z]?[a-z\u00df-\u00ff'’]{2,24}|[aI])?[,;]?\s*$/;
/** Behind it any word may be the secret itself. */
const opensSecret =
  /(?:pass|pwd|secret|token|key|cred|auth|kennwort|contraseña)\w{0,32}(?:\s{1,4}(?:is|was|ist|es))?[^\w\n]{0,12}$/i;

export const endsSentence = (held: string): boolean => sentenceEnd.test(held) && !scheme.test(held);

/** Of `text` what begins at `start` is held, and `waiting` behind it. */
export const isOrdinary = (text: string, start: number, waiting: string): boolean =>
  ordinaryWord.test(text.slice(start) + waiting) &&
  !opensSecret.test(text.slice(Math.max(0, start - longestOpening), start));

const longestOpening = 96;
