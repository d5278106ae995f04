package io.turnwise.app.evaluate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Locale;
import java.util.SortedMap;

/**
 * The errors of an evaluation.
 *
 * @param files the error of each file by its name
 */
record Scores(SortedMap<String, DiarizationError> files) {
  /** The error of all files together: sums of durations, not means of rates. */
  DiarizationError all() {
    return files.values().stream().reduce(DiarizationError.NONE, DiarizationError::plus);
  }

  /** One line of JSON, rates as fractions. */
  String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      writeRates(json, all());
      json.writeObjectFieldStart("files");
      for (var file : files.entrySet()) {
        json.writeObjectFieldStart(file.getKey());
        writeRates(json, file.getValue());
        json.writeNumberField("refSpeakers", file.getValue().refSpeakers());
        json.writeNumberField("hypSpeakers", file.getValue().hypSpeakers());
        json.writeEndObject();
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("a string takes all text", e);
    }
    return text.toString();
  }

  private static void writeRates(JsonGenerator json, DiarizationError error) throws IOException {
    json.writeNumberField("der", error.rate());
    json.writeNumberField("miss", error.fraction(error.miss()));
    json.writeNumberField("falseAlarm", error.fraction(error.falseAlarm()));
    json.writeNumberField("confusion", error.fraction(error.confusion()));
  }

  /** A table for people, rates in percent. */
  String table() {
    int width = Math.max(4, files.keySet().stream().mapToInt(String::length).max().orElse(0));
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            "%-" + width + "s %7s %7s %12s %10s %9s%n",
            "file",
            "DER",
            "miss",
            "false alarm",
            "confusion",
            "speakers"));
    files.forEach((name, error) -> table.append(row(width, name, error, true)));
    table.append(row(width, "all", all(), false));
    return table.toString();
  }

  private static String row(int width, String name, DiarizationError error, boolean speakers) {
    return String.format(
        Locale.ROOT,
        "%-" + width + "s %6.2f%% %6.2f%% %11.2f%% %9.2f%% %9s%n",
        name,
        100 * error.rate(),
        100 * error.fraction(error.miss()),
        100 * error.fraction(error.falseAlarm()),
        100 * error.fraction(error.confusion()),
        speakers ? error.refSpeakers() + " -> " + error.hypSpeakers() : "");
  }
}
