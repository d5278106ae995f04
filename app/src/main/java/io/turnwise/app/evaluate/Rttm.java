package io.turnwise.app.evaluate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Rich Transcription Time Marked files, as NIST's RT-09 evaluation plan (appendix A) lays them out:
 * one line a turn, ten fields separated by white space. Only SPEAKER lines are read. UTF-8.
 */
public final class Rttm {
  private Rttm() {}

  /**
   * Reads the turns of a file, whatever file name its lines carry.
   *
   * @throws UnusableRttm if it cannot be read or a line is not as it should be; names file and line
   */
  public static List<Turn> read(Path file) {
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
              .toString();
    } catch (CharacterCodingException e) {
      throw new UnusableRttm(file + " is not UTF-8 text: save it as UTF-8");
    } catch (IOException e) {
      throw new UnusableRttm(file + " cannot be read: " + e.getMessage());
    }
    if (text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    List<Turn> turns = new ArrayList<>();
    String[] lines = text.split("\\R", -1);
    for (int i = 0; i < lines.length; i++) {
      String[] fields = lines[i].strip().split("\\s+");
      if (!fields[0].equals("SPEAKER")) {
        continue;
      }
      String where = file + ", line " + (i + 1) + ": ";
      if (fields.length < 8) {
        throw new UnusableRttm(
            where
                + "has "
                + fields.length
                + " fields, a SPEAKER line needs at least 8: SPEAKER file channel start duration"
                + " <NA> <NA> speaker");
      }
      try {
        turns.add(
            new Turn(
                Integer.parseInt(fields[2]),
                Double.parseDouble(fields[3]),
                Double.parseDouble(fields[4]),
                fields[7]));
      } catch (NumberFormatException e) {
        throw new UnusableRttm(
            where
                + "channel '"
                + fields[2]
                + "', start '"
                + fields[3]
                + "' and duration '"
                + fields[4]
                + "' must be numbers");
      } catch (IllegalArgumentException e) {
        throw new UnusableRttm(where + e.getMessage());
      }
    }
    return turns;
  }

  /**
   * Writes turns under a file name; white space in names becomes an underscore, as the format has
   * no way to quote it.
   */
  static void write(Path file, String name, List<Turn> turns) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Turn turn : turns) {
      text.append(
          String.format(
              Locale.ROOT,
              "SPEAKER %s %d %.3f %.3f <NA> <NA> %s <NA> <NA>%n",
              word(name),
              turn.channel(),
              turn.start(),
              turn.duration(),
              word(turn.speaker())));
    }
    Files.writeString(file, text.toString().replace("\r\n", "\n"), StandardCharsets.UTF_8);
  }

  private static String word(String text) {
    return text.replaceAll("\\s+", "_");
  }
}
