// Reads a CSV file as people and spreadsheets write it: BOM, CRLF, `;`, quotes, padding, empty tails.
// `parse-policy.ts` and `words-file.ts` call it; it knows nothing of what the cells mean, only where they stand.

export interface CsvRow {
  /** From 1. */
  readonly line: number;
  /** Trimmed, inner white space made one blank; empty cells at the end are gone. */
  readonly cells: readonly string[];
}

interface CsvFault {
  readonly line: number;
  readonly message: string;
}

export interface CsvText {
  readonly rows: readonly CsvRow[];
  readonly faults: readonly CsvFault[];
}

/** Comment lines, empty lines and header rows (by their first cell) are left out. */
export function readCsv(text: string, header = "type"): CsvText {
  const lines = splitLines(text);
  const separator = separatorOf(lines);
  const rows: CsvRow[] = [];
  const faults: CsvFault[] = [];
  lines.forEach((line, index) => {
    if (isComment(line)) return;
    const cells = splitCells(line, separator);
    if (typeof cells === "string") {
      faults.push({ line: index + 1, message: cells });
      return;
    }
    while (cells.at(-1) === "") cells.pop();
    if (cells.length > 0 && cells[0]?.toLowerCase() !== header) rows.push({ line: index + 1, cells });
  });
  return { rows, faults };
}

export const splitLines = (text: string): string[] => text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);

/** A comment may have been quoted by a spreadsheet because of the commas in it. */
export const isComment = (line: string): boolean => /^[\s"]*#/.test(line);

/** Quotes a cell only where it must be. */
export const writeCell = (cell: string): string =>
  /[",;\n\r#]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

/** The file's separator is what follows the row type in its first row that has one. */
function separatorOf(lines: readonly string[]): "," | ";" {
  for (const line of lines) {
    if (isComment(line)) continue;
    const match = /^\s*(?:"[^"]*"|[^",;]*?)\s*([,;])/.exec(line);
    if (match) return match[1] === ";" ? ";" : ",";
  }
  return ",";
}

/** The cells, or what is wrong with the quotes. */
function splitCells(line: string, separator: "," | ";"): string[] | string {
  const cells: string[] = [];
  let position = 0;
  while (position <= line.length) {
    while (isBlank(line[position])) position++;
    if (line[position] === '"') {
      const close = closingQuote(line, position);
      if (close < 0) return "a quoted cell does not end on its line";
      cells.push(tidy(line.slice(position + 1, close).replaceAll('""', '"')));
      position = close + 1;
      while (isBlank(line[position])) position++;
      if (position < line.length && line[position] !== separator) {
        return "text follows a closing quote; a quote inside a quoted cell is written twice";
      }
    } else {
      const next = line.indexOf(separator, position);
      const end = next < 0 ? line.length : next;
      cells.push(tidy(line.slice(position, end)));
      position = end;
    }
    position++;
  }
  return cells;
}

function closingQuote(line: string, open: number): number {
  for (let index = open + 1; index < line.length; index++) {
    if (line[index] !== '"') continue;
    if (line[index + 1] !== '"') return index;
    index++;
  }
  return -1;
}

const isBlank = (character: string | undefined): boolean => character !== undefined && /\s/.test(character);

/** `\s` holds the no-break space that spreadsheets and web pages bring along. */
const tidy = (cell: string): string => cell.trim().replace(/\s+/g, " ");
