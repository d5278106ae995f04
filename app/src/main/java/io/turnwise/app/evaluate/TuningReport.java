package io.turnwise.app.evaluate;

import com.fasterxml.jackson.core.JsonGenerator;
import io.turnwise.app.JsonLine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * What a search for settings has found.
 *
 * @param recordings how many it was on
 * @param best the settings of least error on all recordings
 * @param trials the error of all recordings together, by each candidate that was tried on them;
 *     {@link Candidate#UNCHANGED} is among them
 * @param leftOut the error of all recordings together, each by the settings a search on the others
 *     has found; empty where there is but one recording
 */
record TuningReport(
    Objective objective,
    int recordings,
    Candidate best,
    SortedMap<Candidate, DiarizationError> trials,
    Optional<DiarizationError> leftOut) {

  /**
   * Searches once on all recordings, and once for each without it.
   *
   * @param runs gives the error of some recordings together
   */
  static TuningReport of(
      Search search,
      Objective objective,
      SortedSet<String> names,
      BiFunction<Candidate, SortedSet<String>, DiarizationError> runs) {
    SortedMap<Candidate, DiarizationError> trials = new TreeMap<>();
    trials.put(Candidate.UNCHANGED, runs.apply(Candidate.UNCHANGED, names));
    Candidate best =
        search.best(
            candidate -> {
              DiarizationError error = runs.apply(candidate, names);
              trials.put(candidate, error);
              return objective.of(error);
            });
    DiarizationError leftOut = DiarizationError.NONE;
    for (String name : names) {
      SortedSet<String> others = new TreeSet<>(names);
      others.remove(name);
      if (!others.isEmpty()) {
        Candidate bestOfOthers =
            search.best(candidate -> objective.of(runs.apply(candidate, others)));
        leftOut = leftOut.plus(runs.apply(bestOfOthers, new TreeSet<>(List.of(name))));
      }
    }
    return new TuningReport(
        objective,
        names.size(),
        best,
        trials,
        names.size() > 1 ? Optional.of(leftOut) : Optional.empty());
  }

  /** The candidates from the best to the worst; of equals the chosen one first. */
  private List<Map.Entry<Candidate, DiarizationError>> ranked() {
    List<Map.Entry<Candidate, DiarizationError>> ranked = new ArrayList<>(trials.entrySet());
    ranked.sort(
        Comparator.<Map.Entry<Candidate, DiarizationError>>comparingDouble(
                trial -> objective.of(trial.getValue()))
            .thenComparing(trial -> !trial.getKey().equals(best))
            .thenComparing(Map.Entry::getKey));
    return ranked;
  }

  /** A table for people, rates in percent. */
  String table() {
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            "%7s %7s %12s %10s  %s%n", "DER", "miss", "false alarm", "confusion", "settings"));
    ranked().forEach(trial -> table.append(row(trial.getValue(), trial.getKey().toString())));
    table.append(String.format("%nby %s on %d recordings:%n", objective, recordings));
    table.append(row(trials.get(Candidate.UNCHANGED), "unchanged"));
    table.append(row(trials.get(best), "best, on what it was found on"));
    table.append(
        leftOut
            .map(error -> row(error, "each recording by the best of the others"))
            .orElse("one recording alone does not say how the best does on others\n"));
    return table.toString();
  }

  private static String row(DiarizationError error, String text) {
    return String.format(
        Locale.ROOT,
        "%6.2f%% %6.2f%% %11.2f%% %9.2f%%  %s%n",
        100 * error.rate(),
        100 * error.fraction(error.miss()),
        100 * error.fraction(error.falseAlarm()),
        100 * error.fraction(error.confusion()),
        text);
  }

  /** One line of JSON, rates as fractions. */
  String json() {
    return JsonLine.of(
        json -> {
          json.writeStringField("objective", objective.toString());
          json.writeNumberField("recordings", recordings);
          json.writeFieldName("best");
          write(json, best, trials.get(best));
          json.writeFieldName("unchanged");
          write(json, Candidate.UNCHANGED, trials.get(Candidate.UNCHANGED));
          if (leftOut.isPresent()) {
            json.writeObjectFieldStart("leftOut");
            writeRates(json, leftOut.get());
            json.writeEndObject();
          } else {
            json.writeNullField("leftOut");
          }
          json.writeArrayFieldStart("trials");
          for (Map.Entry<Candidate, DiarizationError> trial : ranked()) {
            write(json, trial.getKey(), trial.getValue());
          }
          json.writeEndArray();
        });
  }

  private static void write(JsonGenerator json, Candidate candidate, DiarizationError error)
      throws IOException {
    json.writeStartObject();
    writeRates(json, error);
    json.writeObjectFieldStart("settings");
    for (Map.Entry<String, String> setting : candidate.values().entrySet()) {
      json.writeStringField(setting.getKey(), setting.getValue());
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

  /**
   * The best settings as a properties file.
   *
   * @param others settings that were the same for all
   */
  String properties(Map<String, String> others) {
    StringBuilder file = new StringBuilder();
    file.append(
        String.format(
            Locale.ROOT,
            "# turnwise tune, by %s on %d recordings: %.2f %%",
            objective,
            recordings,
            100 * objective.of(trials.get(best))));
    leftOut.ifPresent(
        error ->
            file.append(
                String.format(
                    Locale.ROOT,
                    "; each by the best of the others: %.2f %%",
                    100 * objective.of(error))));
    file.append('\n');
    best.over(others)
        .forEach((key, value) -> file.append(key).append('=').append(escaped(value)).append('\n'));
    return file.toString();
  }

  /** As {@link java.util.Properties} reads it; a path of Windows has backslashes. */
  private static String escaped(String value) {
    return value.replace("\\", "\\\\");
  }
}
