package io.fourtuple.examples.command;

import java.util.List;
import java.util.Set;

/** Plain text in columns that is also a table in Markdown. */
public final class MarkdownTable {
  private MarkdownTable() {}

  /**
   * Lays out a table.
   *
   * @param rows the first has the titles; all have as many cells
   * @param texts the columns that hold text, and are aligned left; the others hold numbers
   */
  public static String of(List<List<String>> rows, Set<Integer> texts) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      for (int i = 0; i < widths.length; i++) {
        text.append("| ").append(padded(rows.get(r).get(i), widths[i], texts.contains(i)));
        text.append(' ');
      }
      text.append("|\n");
      if (r == 0) {
        text.append(rule(widths, texts));
      }
    }
    return text.toString();
  }

  private static String rule(int[] widths, Set<Integer> texts) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      boolean left = texts.contains(i);
      text.append("| ").append("-".repeat(widths[i] - (left ? 0 : 1))).append(left ? " " : ": ");
    }
    return text.append("|\n").toString();
  }

  private static String padded(String cell, int width, boolean left) {
    String space = " ".repeat(width - cell.length());
    return left ? cell + space : space + cell;
  }
}
