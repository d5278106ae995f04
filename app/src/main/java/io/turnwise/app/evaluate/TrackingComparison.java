package io.turnwise.app.evaluate;

import com.fasterxml.jackson.core.JsonGenerator;
import io.turnwise.app.JsonLine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What several ways of labelling the same segments of the same recordings came to. Immutable.
 *
 * @param contenders the baselines, then the tracker, after all corrections
 * @param firstPublished the tracker by the labels it published first
 */
record TrackingComparison(List<Contender> contenders, Contender firstPublished) {
  TrackingComparison {
    if (contenders.isEmpty()) {
      throw new IllegalArgumentException("contenders: is empty");
    }
    contenders = List.copyOf(contenders);
  }

  /**
   * One of them.
   *
   * @param threshold the cosine it stood at
   * @param files the error of each recording by its name
   */
  record Contender(String name, double threshold, SortedMap<String, DiarizationError> files) {
    Contender {
      files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    DiarizationError all() {
      return files.values().stream().reduce(DiarizationError.NONE, DiarizationError::plus);
    }

    /** Recordings in which exactly as many speakers were found as there are. */
    long rightCounts() {
      return files.values().stream()
          .filter(error -> error.refSpeakers() == error.hypSpeakers())
          .count();
    }

    /** By how many speakers the worst recording is off. */
    int worstCount() {
      return files.values().stream()
          .mapToInt(error -> Math.abs(error.refSpeakers() - error.hypSpeakers()))
          .max()
          .orElse(0);
    }
  }

  /** The tracker. */
  Contender tracker() {
    return contenders.get(contenders.size() - 1);
  }

  /** Confusion of the tracker over that of a baseline; empty where the baseline confuses nobody. */
  OptionalDouble confusionRatio(Contender baseline) {
    long confusion = baseline.all().confusion();
    return confusion == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) tracker().all().confusion() / confusion);
  }

  /** A table for people, rates in percent. */
  String table() {
    int width =
        Math.max(
            4,
            contenders.stream()
                .flatMap(contender -> contender.files().keySet().stream())
                .mapToInt(String::length)
                .max()
                .orElse(0));
    StringBuilder table = new StringBuilder();
    List<Contender> all = new ArrayList<>(contenders);
    all.add(firstPublished);
    for (Contender contender : all) {
      table.append(
          String.format(
              Locale.ROOT, "%s, threshold %.2f%n", contender.name(), contender.threshold()));
      table.append(
          String.format(
              "  %-" + width + "s %8s %8s %12s %10s %9s%n",
              "file",
              "DER",
              "miss",
              "false alarm",
              "confusion",
              "speakers"));
      contender
          .files()
          .forEach(
              (name, error) ->
                  table.append(
                      row(width, name, error, error.refSpeakers() + " -> " + error.hypSpeakers())));
      table.append(
          row(
              width,
              "all",
              contender.all(),
              contender.rightCounts()
                  + " of "
                  + contender.files().size()
                  + " right, worst "
                  + contender.worstCount()
                  + " off"));
      table.append(System.lineSeparator());
    }
    for (Contender baseline : contenders.subList(0, contenders.size() - 1)) {
      OptionalDouble ratio = confusionRatio(baseline);
      table.append(
          String.format(
              Locale.ROOT,
              "confusion of %s over that of %s: %s%n",
              tracker().name(),
              baseline.name(),
              ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()) : "-"));
    }
    return table.toString();
  }

  private static String row(int width, String name, DiarizationError error, String speakers) {
    return String.format(
        Locale.ROOT,
        "  %-" + width + "s %7.2f%% %7.2f%% %11.2f%% %9.2f%% %9s%n",
        name,
        100 * error.rate(),
        100 * error.fraction(error.miss()),
        100 * error.fraction(error.falseAlarm()),
        100 * error.fraction(error.confusion()),
        speakers);
  }

  /** One line of JSON, rates as fractions. */
  String json() {
    return JsonLine.of(
        json -> {
          json.writeArrayFieldStart("contenders");
          for (Contender contender : contenders) {
            write(json, contender);
          }
          json.writeEndArray();
          json.writeFieldName("firstPublished");
          write(json, firstPublished);
          json.writeObjectFieldStart("confusionRatio");
          for (Contender baseline : contenders.subList(0, contenders.size() - 1)) {
            OptionalDouble ratio = confusionRatio(baseline);
            if (ratio.isPresent()) {
              json.writeNumberField(baseline.name(), ratio.getAsDouble());
            } else {
              json.writeNullField(baseline.name());
            }
          }
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, Contender contender) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", contender.name());
    json.writeNumberField("threshold", contender.threshold());
    writeRates(json, contender.all());
    json.writeNumberField("rightCounts", contender.rightCounts());
    json.writeNumberField("worstCount", contender.worstCount());
    json.writeObjectFieldStart("files");
    for (var file : contender.files().entrySet()) {
      json.writeObjectFieldStart(file.getKey());
      writeRates(json, file.getValue());
      json.writeNumberField("refSpeakers", file.getValue().refSpeakers());
      json.writeNumberField("hypSpeakers", file.getValue().hypSpeakers());
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void writeRates(JsonGenerator json, DiarizationError error) throws IOException {
    json.writeNumberField("der", error.rate());
    json.writeNumberField("miss", error.fraction(error.miss()));
    json.writeNumberField("falseAlarm", error.fraction(error.falseAlarm()));
    json.writeNumberField("confusion", error.fraction(error.confusion()));
  }
}
