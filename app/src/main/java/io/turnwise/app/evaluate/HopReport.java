package io.turnwise.app.evaluate;

import java.util.List;
import java.util.Locale;

/**
 * What the distance between segments does to errors, delays and cost: a page of Markdown.
 *
 * @param model name of the model
 * @param gate the speech gate's setting without a path
 * @param recordings how many there are of which kind, in words
 * @param machine what it ran on, in words
 * @param rows a kind of recordings at a hop each
 */
record HopReport(String model, String gate, String recordings, String machine, List<Row> rows) {
  /**
   * The figures of one kind of recordings at one hop.
   *
   * @param kind of recordings, in words
   * @param hopMillis from one segment to the next
   * @param score of all these recordings, no collar asked for
   * @param segments that were cut
   * @param cpuNanos time of the processor that the topology took
   * @param channelSeconds length of the recordings, each channel counted
   */
  record Row(
      String kind,
      int hopMillis,
      CallScore score,
      long segments,
      long cpuNanos,
      double channelSeconds) {
    /** Milliseconds of the processor's time a segment; 0 where there is none. */
    double cpuMillis() {
      return segments == 0 ? 0 : cpuNanos / 1e6 / segments;
    }

    /** Seconds of one channel's sound that a second of the processor's time carries. */
    double realTimeFactor() {
      return cpuNanos == 0 ? 0 : channelSeconds / (cpuNanos / 1e9);
    }
  }

  String markdown() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # The hop

        Written by `turnwise bench hops --markdown docs/reference/hop.md`; do not edit.

        A segment is 1.5 s long; the [setting](settings.md) `turnwise.hop.ms` says how far the next \
        one is. A shorter hop decides sooner and looks at a voice more often, for more of the \
        processor's time. Errors without collar, overlap scored, of the revised labels and, in \
        brackets, of those published first; delays are medians; [how all of it is measured]\
        (evaluation.md).

        | Recordings | Hop | DER | Confusion | Speakers right | Boundary error, median / 90 % | \
        First word to first event | Change told | Change told, not tentative | Events a minute | \
        CPU a segment | Real-time factor |
        |---|---|---|---|---|---|---|---|---|---|---|---|
        """);
    rows.forEach(row -> page.append(line(row)));
    page.append(
        String.format(
            """

            Model %s, gate %s; %s. CPU is the time of the one thread that runs the topology, \
            inference included; the real-time factor is how many seconds of one channel a second \
            of that carries. On %s.
            """,
            model, gate, recordings, machine));
    return page.toString();
  }

  private static String line(Row row) {
    CallScore score = row.score();
    DiarizationError revised = score.revised().exact();
    DiarizationError first = score.first().exact();
    SpeakerCounts counts = score.revised().counts();
    Quantiles boundaries = score.revised().boundaries().errors();
    Delays delays = score.delays();
    return String.format(
        Locale.ROOT,
        "| %s | %d ms | %.1f %% (%.1f) | %.1f %% (%.1f) | %d of %d | %s | %s | %s | %s | %.1f"
            + " | %.1f ms | %.1f |\n",
        row.kind(),
        row.hopMillis(),
        100 * revised.rate(),
        100 * first.rate(),
        100 * revised.fraction(revised.confusion()),
        100 * first.fraction(first.confusion()),
        counts.right(),
        counts.files(),
        boundaries.median().isEmpty()
            ? "-"
            : boundaries.median().getAsLong() + " / " + boundaries.ninetieth().getAsLong() + " ms",
        median(delays.firstWord()),
        median(delays.tentative()),
        median(delays.confirmed()),
        score.eventsPerMinute(),
        row.cpuMillis(),
        row.realTimeFactor());
  }

  private static String median(Quantiles delays) {
    return delays.median().isEmpty() ? "-" : delays.median().getAsLong() + " ms";
  }
}
