package io.turnwise.app.view;

import io.turnwise.app.Terminal;
import io.turnwise.avro.SpeakerChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Who held the floor when, as a picture: a row a speaker on each channel, time from left to right.
 * Built from the changes in the order of their revisions. Not thread-safe.
 */
public final class Timeline {
  private static final int LABEL = 12;
  private static final int TOTAL = 9;
  private static final int TICK_COLUMNS = 10;
  private static final int[] TICK_SECONDS = {
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400
  };

  private final Map<Channel, Track> tracks = new LinkedHashMap<>();

  private record Channel(String call, int number) {}

  /** Who speaks from which media time on. */
  private record Track(long lengthMillis, NavigableMap<Long, String> speakers) {}

  /** Adds a channel's row of time, in the order the picture shall have. */
  public void addChannel(String call, int channel, double seconds) {
    tracks.put(new Channel(call, channel), new Track(Math.round(seconds * 1000), new TreeMap<>()));
  }

  /** Takes a change of a channel that was added. */
  public void add(SpeakerChange change) {
    Track track = tracks.get(new Channel(change.getCall(), change.getChannel()));
    if (track == null) {
      return;
    }
    String speaker = change.getSpeaker() == null ? PrintedChanges.NOBODY : change.getSpeaker();
    // What an earlier revision said of the time from here on is no longer so.
    track.speakers().tailMap(change.getAtMillis(), true).clear();
    track.speakers().put(change.getAtMillis(), speaker);
  }

  /** The picture, each line ended by a line feed. */
  public String render(Terminal terminal) {
    Palette palette = new Palette(terminal.colour());
    StringBuilder picture = new StringBuilder();
    tracks.forEach(
        (channel, track) -> {
          picture
              .append(palette.strong(channel.call()))
              .append(palette.faint(" channel " + channel.number()))
              .append('\n');
          new Rows(channel, track, terminal, palette).appendTo(picture);
        });
    return picture.toString();
  }

  private static final class Rows {
    private final Channel channel;
    private final Track track;
    private final Terminal terminal;
    private final Palette palette;
    private final int columns;

    Rows(Channel channel, Track track, Terminal terminal, Palette palette) {
      this.channel = channel;
      this.track = track;
      this.terminal = terminal;
      this.palette = palette;
      this.columns = terminal.columns() - LABEL - TOTAL - 2;
    }

    void appendTo(StringBuilder picture) {
      Map<String, List<long[]>> turns = turns();
      if (turns.isEmpty()) {
        picture.append("  nobody was heard\n");
      }
      turns.forEach((speaker, spans) -> picture.append(row(speaker, spans)));
      picture.append(axis());
    }

    private Map<String, List<long[]>> turns() {
      Map<String, List<long[]>> turns = new LinkedHashMap<>();
      track
          .speakers()
          .forEach(
              (from, speaker) -> {
                Long next = track.speakers().higherKey(from);
                long to = next == null ? track.lengthMillis() : next;
                turns
                    .computeIfAbsent(speaker, name -> new ArrayList<>())
                    .add(new long[] {from, Math.max(from, Math.min(to, track.lengthMillis()))});
              });
      return turns;
    }

    private String row(String speaker, List<long[]> spans) {
      long total = spans.stream().mapToLong(span -> span[1] - span[0]).sum();
      StringBuilder bar = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        bar.append(cell(share(spans, column)));
      }
      return String.format(
              Locale.ROOT,
              "  %s%s %s%n",
              palette.voice(channel.call(), speaker, label(speaker)),
              palette.voice(channel.call(), speaker, bar.toString()),
              String.format(Locale.ROOT, "%" + (TOTAL - 3) + ".1f s", total / 1000.0))
          .replace(System.lineSeparator(), "\n");
    }

    private static String label(String speaker) {
      String text = speaker.length() < LABEL ? speaker : speaker.substring(0, LABEL - 2) + "~";
      return String.format(Locale.ROOT, "%-" + LABEL + "s", text);
    }

    /** How much of a column's time the spans cover, 0 to 1. */
    private double share(List<long[]> spans, int column) {
      double from = millis(column);
      double to = millis(column + 1);
      double covered = 0;
      for (long[] span : spans) {
        covered += Math.max(0, Math.min(to, span[1]) - Math.max(from, span[0]));
      }
      return covered / (to - from);
    }

    private double millis(int column) {
      return (double) Math.max(1, track.lengthMillis()) * column / columns;
    }

    private char cell(double share) {
      if (share >= 0.75) {
        return terminal.unicode() ? '█' : '#';
      }
      if (share >= 0.25) {
        return terminal.unicode() ? '▌' : '+';
      }
      return terminal.unicode() ? '·' : '.';
    }

    private String axis() {
      double seconds = track.lengthMillis() / 1000.0;
      int step = TICK_SECONDS[TICK_SECONDS.length - 1];
      for (int candidate : TICK_SECONDS) {
        if (candidate * columns / Math.max(seconds, 0.001) >= TICK_COLUMNS) {
          step = candidate;
          break;
        }
      }
      StringBuilder line = new StringBuilder(" ".repeat(LABEL + 2));
      for (int tick = 0; tick * (double) step <= seconds; tick++) {
        int at = LABEL + 2 + (int) (tick * (double) step * columns / Math.max(seconds, 0.001));
        String text = (terminal.unicode() ? "╵" : "'") + MediaTime.seconds(tick * step * 1000L);
        if (at + text.length() > terminal.columns() || at < line.length() && tick > 0) {
          break;
        }
        line.append(" ".repeat(at - line.length())).append(text);
      }
      return palette.faint(line.toString()) + "\n";
    }
  }
}
