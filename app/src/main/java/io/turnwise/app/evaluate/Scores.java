package io.turnwise.app.evaluate;

import com.fasterxml.jackson.core.JsonGenerator;
import io.turnwise.app.JsonLine;
import java.io.IOException;
import java.util.Collection;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.function.Predicate;

/**
 * The figures of an evaluation.
 *
 * @param files those of each file by its name
 */
record Scores(SortedMap<String, Scored> files) {
  /** The rate of telephone speech; what is above is wide band. */
  private static final int TELEPHONE = 8_000;

  /**
   * The figures of a file and what kind of recording it is.
   *
   * @param channels number of channels
   * @param rate samples a second
   */
  record Scored(int channels, int rate, CallScore score) {}

  /** All files together: sums of durations and of counts, not means of rates. */
  CallScore all() {
    return those(file -> true);
  }

  CallScore singleChannel() {
    return those(file -> file.channels() == 1);
  }

  CallScore multiChannel() {
    return those(file -> file.channels() > 1);
  }

  CallScore telephone() {
    return those(file -> file.rate() <= TELEPHONE);
  }

  CallScore wideBand() {
    return those(file -> file.rate() > TELEPHONE);
  }

  private CallScore those(Predicate<Scored> kind) {
    Collection<Scored> all = files.values();
    return all.stream().filter(kind).map(Scored::score).reduce(CallScore.NONE, CallScore::plus);
  }

  /** One line of JSON, rates as fractions, durations in milliseconds. */
  String json() {
    return JsonLine.of(
        json -> {
          write(json, all());
          json.writeObjectFieldStart("byChannels");
          writeKind(json, "single", singleChannel());
          writeKind(json, "multi", multiChannel());
          json.writeEndObject();
          json.writeObjectFieldStart("byRate");
          writeKind(json, "telephone", telephone());
          writeKind(json, "wideBand", wideBand());
          json.writeEndObject();
          json.writeObjectFieldStart("files");
          for (var file : files.entrySet()) {
            DiarizationError error = file.getValue().score().revised().asked();
            json.writeObjectFieldStart(file.getKey());
            write(json, file.getValue().score());
            json.writeNumberField("refSpeakers", error.refSpeakers());
            json.writeNumberField("hypSpeakers", error.hypSpeakers());
            json.writeNumberField("channels", file.getValue().channels());
            json.writeNumberField("sampleRate", file.getValue().rate());
            json.writeEndObject();
          }
          json.writeEndObject();
        });
  }

  private static void writeKind(JsonGenerator json, String kind, CallScore score)
      throws IOException {
    if (score.files() > 0) {
      json.writeObjectFieldStart(kind);
      json.writeNumberField("count", score.files());
      write(json, score);
      json.writeEndObject();
    }
  }

  private static void write(JsonGenerator json, CallScore score) throws IOException {
    writeLabels(json, score, score.revised());
    json.writeObjectFieldStart("firstPublished");
    writeLabels(json, score, score.first());
    json.writeEndObject();
    Delays delays = score.delays();
    json.writeObjectFieldStart("delay");
    writeQuantiles(json, "tentative", delays.tentative());
    writeQuantiles(json, "confirmed", delays.confirmed());
    writeQuantiles(json, "firstWord", delays.firstWord());
    json.writeNumberField("turns", delays.turns());
    json.writeNumberField("already", delays.already());
    json.writeNumberField("untoldShare", delays.untold());
    json.writeNumberField("unconfirmedShare", delays.unconfirmed());
    json.writeEndObject();
    json.writeNumberField("eventsPerMinute", score.eventsPerMinute());
  }

  private static void writeLabels(JsonGenerator json, CallScore score, LabelScore labels)
      throws IOException {
    writeRates(json, labels.asked());
    json.writeObjectFieldStart("collar0");
    writeRates(json, labels.exact());
    json.writeEndObject();
    json.writeObjectFieldStart("collar25");
    writeRates(json, labels.quarter());
    json.writeEndObject();
    json.writeNumberField("jer", labels.jaccard().rate());
    json.writeObjectFieldStart("speakerCountError");
    json.writeNumberField("mean", labels.counts().mean());
    json.writeNumberField("largest", labels.counts().largest());
    json.writeNumberField("right", labels.counts().right());
    json.writeNumberField("count", labels.counts().files());
    json.writeEndObject();
    json.writeNumberField("fragmentation", labels.fragmentation());
    json.writeNumberField("switchesPerHour", score.perHour(labels.switches()));
    Boundaries boundaries = labels.boundaries();
    json.writeObjectFieldStart("boundary");
    writeMillis(json, "medianMillis", boundaries.errors().median());
    writeMillis(json, "p90Millis", boundaries.errors().ninetieth());
    json.writeNumberField("changes", boundaries.reference());
    json.writeNumberField("unmatchedShare", boundaries.unmatched());
    json.writeNumberField("inventedShare", boundaries.invented());
    json.writeEndObject();
  }

  private static void writeQuantiles(JsonGenerator json, String name, Quantiles quantiles)
      throws IOException {
    json.writeObjectFieldStart(name);
    writeMillis(json, "medianMillis", quantiles.median());
    writeMillis(json, "p90Millis", quantiles.ninetieth());
    json.writeNumberField("count", quantiles.millis().size());
    json.writeEndObject();
  }

  private static void writeMillis(JsonGenerator json, String name, OptionalLong millis)
      throws IOException {
    if (millis.isPresent()) {
      json.writeNumberField(name, millis.getAsLong());
    } else {
      json.writeNullField(name);
    }
  }

  private static void writeRates(JsonGenerator json, DiarizationError error) throws IOException {
    json.writeNumberField("der", error.rate());
    json.writeNumberField("miss", error.fraction(error.miss()));
    json.writeNumberField("falseAlarm", error.fraction(error.falseAlarm()));
    json.writeNumberField("confusion", error.fraction(error.confusion()));
  }

  /** Tables for people, rates in percent. */
  String table() {
    int width = Math.max(13, files.keySet().stream().mapToInt(String::length).max().orElse(0));
    StringBuilder table = new StringBuilder();
    String heading = "%-" + width + "s %7s %7s %12s %10s %9s %8s %8s %7s%n";
    table.append(
        String.format(
            heading,
            "file",
            "DER",
            "miss",
            "false alarm",
            "confusion",
            "speakers",
            "at 0.25",
            "first",
            "JER"));
    files.forEach((name, file) -> table.append(row(width, name, file.score(), true)));
    table.append(row(width, "all", all(), false));
    if (singleChannel().files() > 0 && multiChannel().files() > 0) {
      table.append(row(width, "one channel", singleChannel(), false));
      table.append(row(width, "more channels", multiChannel(), false));
    }
    if (telephone().files() > 0 && wideBand().files() > 0) {
      table.append(row(width, "telephone", telephone(), false));
      table.append(row(width, "wide band", wideBand(), false));
    }
    CallScore all = all();
    table.append(String.format("%n%-34s %14s %14s%n", "all files", "revised", "first"));
    line(table, "DER, no collar", percent(all.revised().exact()), percent(all.first().exact()));
    line(
        table,
        "DER, collar 0.25 s",
        percent(all.revised().quarter()),
        percent(all.first().quarter()));
    line(
        table,
        "confusion, no collar",
        confusion(all.revised().exact()),
        confusion(all.first().exact()));
    line(
        table,
        "JER",
        percent(all.revised().jaccard().rate()),
        percent(all.first().jaccard().rate()));
    line(
        table,
        "speaker count right, largest error",
        counts(all.revised().counts()),
        counts(all.first().counts()));
    line(
        table,
        "turns for each there is",
        decimal(all.revised().fragmentation()),
        decimal(all.first().fragmentation()));
    line(
        table,
        "identity switches an hour",
        decimal(all.perHour(all.revised().switches())),
        decimal(all.perHour(all.first().switches())));
    line(
        table,
        "boundary error, median / 90 %",
        millis(all.revised().boundaries().errors()),
        millis(all.first().boundaries().errors()));
    line(
        table,
        "changes without a match",
        percent(all.revised().boundaries().unmatched()),
        percent(all.first().boundaries().unmatched()));
    Delays delays = all.delays();
    table.append(String.format("%n%-34s %14s %14s%n", "events", "median / 90 %", "of turns"));
    line(table, "delay, first event", millis(delays.tentative()), percent(1 - delays.untold()));
    line(
        table,
        "delay, not tentative",
        millis(delays.confirmed()),
        percent(1 - delays.unconfirmed()));
    line(table, "delay, from the first word", millis(delays.firstWord()), "");
    line(table, "events a minute", decimal(all.eventsPerMinute()), "");
    return table.toString();
  }

  private static void line(StringBuilder table, String name, String first, String second) {
    table.append(String.format("%-34s %14s %14s", name, first, second).stripTrailing());
    table.append(System.lineSeparator());
  }

  private static String percent(DiarizationError error) {
    return percent(error.rate());
  }

  private static String confusion(DiarizationError error) {
    return percent(error.fraction(error.confusion()));
  }

  private static String percent(double fraction) {
    return String.format(Locale.ROOT, "%.2f%%", 100 * fraction);
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String counts(SpeakerCounts counts) {
    return counts.right() + " of " + counts.files() + ", " + counts.largest();
  }

  private static String millis(Quantiles quantiles) {
    return quantiles.median().isEmpty()
        ? "-"
        : quantiles.median().getAsLong() + " / " + quantiles.ninetieth().getAsLong() + " ms";
  }

  private static String row(int width, String name, CallScore score, boolean speakers) {
    DiarizationError error = score.revised().asked();
    return String.format(
        Locale.ROOT,
        "%-" + width + "s %6.2f%% %6.2f%% %11.2f%% %9.2f%% %9s %7.2f%% %7.2f%% %6.2f%%%n",
        name,
        100 * error.rate(),
        100 * error.fraction(error.miss()),
        100 * error.fraction(error.falseAlarm()),
        100 * error.fraction(error.confusion()),
        speakers ? error.refSpeakers() + " -> " + error.hypSpeakers() : "",
        100 * score.revised().quarter().rate(),
        100 * score.first().asked().rate(),
        100 * score.revised().jaccard().rate());
  }
}
