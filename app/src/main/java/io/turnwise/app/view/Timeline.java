package io.turnwise.app.view;

import io.turnwise.app.Terminal;
import io.turnwise.avro.ChangeType;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.serdes.SpeakerTimeline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who held the floor when, as a picture and in numbers: what a consumer holds who has applied the
 * events in the order of their revisions. A row a speaker on each channel, time from left to right;
 * a question mark behind those of whom nothing but tentative events told. Not thread-safe.
 */
public final class Timeline {
  private static final int LABEL = 12;
  private static final int TOTAL = 9;
  private static final int TICK_COLUMNS = 10;
  private static final int[] TICK_SECONDS = {
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400
  };

  private final Map<Channel, Long> lengths = new LinkedHashMap<>();
  private final Map<String, Call> calls = new HashMap<>();

  private record Channel(String call, int number) {}

  /** A stretch of a channel that is one speaker's; {@link SpeakerTimeline#UNKNOWN}: nobody's. */
  private record Turn(long fromMillis, long untilMillis, String speaker) {
    boolean named() {
      return !speaker.equals(SpeakerTimeline.UNKNOWN);
    }
  }

  /** What is known of one call. */
  private static final class Call {
    private final SpeakerTimeline labels;

    /** Speakers of whom at least one event was not tentative. */
    private final Set<String> firm = new HashSet<>();

    /** By channel: the earliest media time that was spoken of. */
    private final Map<Integer, Long> begins = new HashMap<>();

    Call(String id) {
      labels = new SpeakerTimeline(id);
    }

    void apply(SpeakerChange change) {
      labels.apply(change);
      if (!change.getTentative() && change.getSpeaker() != null) {
        firm.add(change.getSpeaker());
      }
      if (change.getType() == ChangeType.CHANGED) {
        begins.merge(change.getChannel(), change.getAtMillis(), Math::min);
      }
    }

    /** Up to the channel's end; nobody's only from where the channel was first spoken of. */
    List<Turn> turns(int channel, long lengthMillis) {
      long begin = begins.getOrDefault(channel, lengthMillis);
      return labels.intervals(channel).stream()
          .map(
              label ->
                  new Turn(
                      label.speaker().equals(SpeakerTimeline.UNKNOWN)
                          ? Math.max(begin, label.fromMillis())
                          : label.fromMillis(),
                      Math.min(label.untilMillis(), lengthMillis),
                      label.speaker()))
          .filter(turn -> turn.fromMillis() < turn.untilMillis())
          .toList();
    }
  }

  /** Adds a channel's row of time, in the order the picture shall have. */
  public void addChannel(String call, int channel, double seconds) {
    lengths.put(new Channel(call, channel), Math.round(seconds * 1000));
    calls.computeIfAbsent(call, Call::new);
  }

  /**
   * Takes the next event of a call of which a channel was added; those of others change nothing.
   *
   * @throws IllegalArgumentException where an event of the call before this one is missing
   */
  public void add(SpeakerChange change) {
    Call call = calls.get(change.getCall());
    if (call != null) {
      call.apply(change);
    }
  }

  /** How many speakers are named, each call's for themselves. */
  public int speakers() {
    return (int)
        lengths.keySet().stream()
            .flatMap(
                channel ->
                    turns(channel)
                        .filter(Turn::named)
                        .map(turn -> List.of(channel.call(), turn.speaker())))
            .distinct()
            .count();
  }

  /**
   * How often one named speaker follows another on a channel. Where nobody may be named in between,
   * that is one change all the same; none where the same speaker goes on.
   */
  public int changesOfSpeaker() {
    int changes = 0;
    for (Channel channel : lengths.keySet()) {
      List<String> named = turns(channel).filter(Turn::named).map(Turn::speaker).toList();
      for (int i = 1; i < named.size(); i++) {
        changes += named.get(i).equals(named.get(i - 1)) ? 0 : 1;
      }
    }
    return changes;
  }

  private Stream<Turn> turns(Channel channel) {
    return calls.get(channel.call()).turns(channel.number(), lengths.get(channel)).stream();
  }

  /** The picture, each line ended by a line feed. */
  public String render(Terminal terminal) {
    Palette palette = new Palette(terminal.colour());
    StringBuilder picture = new StringBuilder();
    lengths.forEach(
        (channel, length) -> {
          picture
              .append(palette.strong(Name.printable(channel.call())))
              .append(palette.faint(" channel " + channel.number()))
              .append('\n');
          new Rows(channel, length, terminal, palette).appendTo(picture);
        });
    return picture.toString();
  }

  private final class Rows {
    private final Channel channel;
    private final long lengthMillis;
    private final Terminal terminal;
    private final Palette palette;
    private final int columns;

    Rows(Channel channel, long lengthMillis, Terminal terminal, Palette palette) {
      this.channel = channel;
      this.lengthMillis = lengthMillis;
      this.terminal = terminal;
      this.palette = palette;
      this.columns = terminal.columns() - LABEL - TOTAL - 2;
    }

    void appendTo(StringBuilder picture) {
      Map<String, List<Turn>> rows = new LinkedHashMap<>();
      turns(channel)
          .forEach(
              turn -> rows.computeIfAbsent(turn.speaker(), name -> new ArrayList<>()).add(turn));
      if (rows.isEmpty()) {
        picture.append("  nobody was heard\n");
      }
      List<Turn> nobodys = rows.remove(SpeakerTimeline.UNKNOWN);
      rows.forEach((speaker, turns) -> picture.append(row(speaker, turns)));
      if (nobodys != null) {
        picture.append(row(SpeakerTimeline.UNKNOWN, nobodys));
      }
      picture.append(axis());
    }

    private String row(String speaker, List<Turn> turns) {
      long total = turns.stream().mapToLong(turn -> turn.untilMillis() - turn.fromMillis()).sum();
      StringBuilder bar = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        bar.append(cell(share(turns, column)));
      }
      return String.format(
          Locale.ROOT,
          "  %s%s %" + (TOTAL - 3) + ".1f s\n",
          paint(speaker, label(speaker)),
          paint(speaker, bar.toString()),
          total / 1000.0);
    }

    private String paint(String speaker, String text) {
      return speaker.equals(SpeakerTimeline.UNKNOWN)
          ? palette.faint(text)
          : palette.voice(channel.call(), speaker, text);
    }

    private String label(String speaker) {
      if (speaker.equals(SpeakerTimeline.UNKNOWN)) {
        return fitted(Name.NOBODY, "");
      }
      boolean firm = calls.get(channel.call()).firm.contains(speaker);
      return fitted(Name.printable(speaker), firm ? "" : "?");
    }

    private static String fitted(String name, String mark) {
      int room = LABEL - 1 - mark.length();
      String text = name.length() <= room ? name : name.substring(0, room - 1) + "~";
      return String.format(Locale.ROOT, "%-" + LABEL + "s", text + mark);
    }

    /** How much of a column's time the turns cover, 0 to 1. */
    private double share(List<Turn> turns, int column) {
      double from = millis(column);
      double to = millis(column + 1);
      double covered = 0;
      for (Turn turn : turns) {
        covered +=
            Math.max(0, Math.min(to, turn.untilMillis()) - Math.max(from, turn.fromMillis()));
      }
      return covered / (to - from);
    }

    private double millis(int column) {
      return (double) Math.max(1, lengthMillis) * column / columns;
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
      double seconds = lengthMillis / 1000.0;
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
