package io.turnwise.app.view;

import io.turnwise.app.Terminal;
import io.turnwise.avro.SpeakerChange;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * One line an event, for people: from when, who, what is known of it, and whose it was before. A
 * question mark behind a name: the event is tentative.
 */
public final class PrintedChanges implements ChangeView {
  private final PrintWriter out;
  private final Palette palette;

  public PrintedChanges(PrintWriter out, Terminal terminal) {
    this.out = out;
    this.palette = new Palette(terminal.colour());
  }

  @Override
  public void show(SpeakerChange change) {
    out.println(line(change, palette));
    out.flush();
  }

  static String line(SpeakerChange change, Palette palette) {
    return String.format(
        Locale.ROOT,
        "%8s  %s  %s%s  %s",
        MediaTime.tenths(change.getAtMillis()),
        who(change, palette),
        what(change),
        palette.faint(before(change)),
        palette.faint("[" + Name.printable(change.getCall()) + " " + where(change) + "]"));
  }

  private static String who(SpeakerChange change, Palette palette) {
    String speaker = Name.of(change.getSpeaker());
    String name =
        String.format(Locale.ROOT, "%-10s", change.getTentative() ? speaker + "?" : speaker);
    if (change.getSpeaker() == null) {
      return palette.faint(name);
    }
    String coloured = palette.voice(change.getCall(), change.getSpeaker(), name);
    return change.getTentative() ? coloured : palette.strong(coloured);
  }

  private static String what(SpeakerChange change) {
    return switch (change.getType()) {
      case CHANGED -> certainty(change);
      case REASSIGNED -> text("reassigned    until %s", MediaTime.tenths(until(change)));
      case MERGED -> text("merged        one voice with %s", Name.of(change.getPreviousSpeaker()));
      case CONFIRMED -> text("confirmed");
      case RETIRED -> text("retired       not heard of again");
      case OTHER -> text("of a type newer than this");
    };
  }

  /** An event without its end says nothing of any time. */
  private static long until(SpeakerChange change) {
    return change.getUntilMillis() == null ? change.getAtMillis() : change.getUntilMillis();
  }

  private static String certainty(SpeakerChange change) {
    float score = change.getScore();
    return switch (change.getDecision()) {
      case NEW -> score <= -1 ? text("first voice") : text("new voice   nearest %5.2f", score);
      case MATCH -> text("known voice   score %5.2f", score) + lead(change);
      case UNKNOWN -> text("nobody known  best %6.2f", score);
      case INCONCLUSIVE -> text("not sure      best %6.2f", score);
    };
  }

  /** By how much: calibrated, where the model is. */
  private static String lead(SpeakerChange change) {
    return change.getLogLikelihoodRatio() == null
        ? String.format(Locale.ROOT, "lead %4.2f", change.getMargin())
        : String.format(Locale.ROOT, "llr %5.1f", change.getLogLikelihoodRatio());
  }

  private static String before(SpeakerChange change) {
    return switch (change.getType()) {
      case CHANGED ->
          // a change stated again says nothing new of who was before
          change.getPreviousSpeaker() == null
                  || change.getPreviousSpeaker().equals(change.getSpeaker())
              ? ""
              : "  after " + Name.of(change.getPreviousSpeaker());
      case REASSIGNED -> "  was " + Name.of(change.getPreviousSpeaker());
      case MERGED, CONFIRMED, RETIRED, OTHER -> "";
    };
  }

  private static String where(SpeakerChange change) {
    return switch (change.getType()) {
      case MERGED -> "all channels";
      case CHANGED, REASSIGNED, CONFIRMED, RETIRED, OTHER -> "channel " + change.getChannel();
    };
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, "%-28s", String.format(Locale.ROOT, format, values));
  }
}
