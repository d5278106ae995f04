package io.turnwise.app.view;

import io.turnwise.app.Terminal;
import io.turnwise.avro.SpeakerChange;
import java.io.PrintWriter;
import java.util.Locale;

/** One line a change, for people: when, who, how sure, and who spoke before. */
public final class PrintedChanges implements ChangeView {
  /** Who speaks where nobody may be named. */
  static final String NOBODY = "unknown";

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
    String speaker = change.getSpeaker() == null ? NOBODY : change.getSpeaker();
    String name = String.format(Locale.ROOT, "%-10s", speaker);
    String previous =
        change.getPreviousSpeaker() == null ? "" : "  after " + change.getPreviousSpeaker();
    return String.format(
        Locale.ROOT,
        "%8s  %s  %s%s  %s",
        MediaTime.tenths(change.getAtMillis()),
        palette.strong(palette.voice(change.getCall(), speaker, name)),
        certainty(change),
        palette.faint(previous),
        palette.faint("[" + change.getCall() + " channel " + change.getChannel() + "]"));
  }

  private static String certainty(SpeakerChange change) {
    float score = change.getScore();
    return switch (change.getDecision()) {
      case NEW ->
          score <= -1 ? "first voice                " : text("new voice   nearest %5.2f   ", score);
      case MATCH -> text("known voice   score %5.2f   ", score) + lead(change);
      case UNKNOWN -> text("nobody known  best %6.2f   ", score);
      case INCONCLUSIVE -> text("not sure      best %6.2f   ", score);
    };
  }

  private static String lead(SpeakerChange change) {
    return text("lead %4.2f", change.getMargin());
  }

  private static String text(String format, float value) {
    return String.format(Locale.ROOT, format, value);
  }
}
