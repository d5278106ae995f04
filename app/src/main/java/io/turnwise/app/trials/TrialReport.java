package io.turnwise.app.trials;

import com.fasterxml.jackson.core.JsonGenerator;
import io.turnwise.app.JsonLine;
import io.turnwise.inference.calibration.Channel;
import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What trials say of a model. */
public final class TrialReport {
  /** Prior probability of one speaker in the detection cost. */
  static final double PRIOR = 0.05;

  private final String model;
  private final Cells cells;
  private final Cells plain;

  /**
   * @param cells as the model is used
   * @param plain without its centring; empty where it has none
   */
  TrialReport(String model, Cells cells, Cells plain) {
    this.model = model;
    this.cells = cells;
    this.plain = plain;
  }

  /**
   * One length and channel.
   *
   * @param cosines the cosines of all pairs
   * @param ratios their log-likelihood ratios, where the model is calibrated
   */
  record Cell(TrialScores cosines, Optional<TrialScores> ratios) {
    Cell(TrialScores cosines) {
      this(cosines, Optional.empty());
    }

    Cell(TrialScores cosines, TrialScores ratios) {
      this(cosines, Optional.of(ratios));
    }

    double equalErrorRate() {
      return cosines.equalErrorRate();
    }

    double leastDetectionCost() {
      return cosines.leastDetectionCost(PRIOR);
    }

    double leastCllr() {
      return ratios.orElse(cosines).leastCllr();
    }
  }

  /** Cells by channel and, in the order they came, by length. */
  static final class Cells {
    private final Map<Channel, Map<Length, Cell>> cells = new EnumMap<>(Channel.class);

    void put(Channel channel, Length length, Cell cell) {
      cells.computeIfAbsent(channel, key -> new LinkedHashMap<>()).put(length, cell);
    }

    Map<Length, Cell> of(Channel channel) {
      return cells.getOrDefault(channel, Map.of());
    }

    boolean isEmpty() {
      return cells.isEmpty();
    }

    /** Of the channel's pairs; lengths differ in scores and not in pairs. */
    TrialScores any(Channel channel) {
      return of(channel).values().iterator().next().cosines();
    }

    boolean calibrated() {
      return of(Channel.WIDE_BAND).values().stream().allMatch(cell -> cell.ratios().isPresent());
    }
  }

  /**
   * The rate of equal errors, 0 to 1, as {@link TrialScores#equalErrorRate()} defines it, of
   * cosines centred as the model's calibration says.
   *
   * @throws IllegalArgumentException if the length was not evaluated
   */
  public double equalErrorRate(Channel channel, Length length) {
    Cell cell = cells.of(channel).get(length);
    if (cell == null) {
      throw new IllegalArgumentException("length: " + length.name() + " was not evaluated");
    }
    return cell.equalErrorRate();
  }

  Cells cells() {
    return cells;
  }

  Cells plain() {
    return plain;
  }

  /** One line of JSON; error rates in percent. */
  public String json() {
    return JsonLine.of(
        json -> {
          json.writeStringField("model", model);
          json.writeNumberField("minDcfPrior", PRIOR);
          write(json, cells);
          if (!plain.isEmpty()) {
            json.writeObjectFieldStart("plain");
            write(json, plain);
            json.writeEndObject();
          }
        });
  }

  private static void write(JsonGenerator json, Cells cells) throws IOException {
    write(json, cells, Channel.WIDE_BAND);
    json.writeObjectFieldStart("telephone");
    write(json, cells, Channel.TELEPHONE);
    json.writeEndObject();
    json.writeObjectFieldStart("oneSideTelephone");
    write(json, cells, Channel.ONE_SIDE);
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Cells cells, Channel channel) throws IOException {
    Map<Length, Cell> row = cells.of(channel);
    write(json, "eer", row, cell -> 100 * cell.equalErrorRate());
    write(json, "minDcf", row, Cell::leastDetectionCost);
    if (cells.calibrated()) {
      write(json, "cllr", row, cell -> cell.ratios().orElseThrow().cllr());
    }
    write(json, "minCllr", row, Cell::leastCllr);
    json.writeObjectFieldStart("trials");
    json.writeNumberField("same", cells.any(channel).same());
    json.writeNumberField("different", cells.any(channel).different());
    json.writeEndObject();
  }

  private static void write(
      JsonGenerator json, String field, Map<Length, Cell> row, ToDoubleFunction<Cell> figure)
      throws IOException {
    json.writeObjectFieldStart(field);
    for (var cell : row.entrySet()) {
      json.writeNumberField(
          cell.getKey().name(), Math.round(figure.applyAsDouble(cell.getValue()) * 1e4) / 1e4);
    }
    json.writeEndObject();
  }

  /** Tables for people. */
  public String table() {
    StringBuilder table = new StringBuilder();
    table.append(model).append(System.lineSeparator());
    for (Channel channel : Channel.values()) {
      append(table, channel);
    }
    return table.toString();
  }

  private void append(StringBuilder table, Channel channel) {
    boolean centred = !plain.isEmpty();
    boolean calibrated = cells.calibrated();
    table.append(
        String.format(
            Locale.ROOT,
            "%n%s: %d pairs of one speaker, %d of two%n",
            title(channel),
            cells.any(channel).same(),
            cells.any(channel).different()));
    table.append(String.format("%8s %8s", "length", "EER"));
    table.append(centred ? String.format(" %11s", "not centred") : "");
    table.append(String.format(" %13s", "minDCF(" + PRIOR + ")"));
    table.append(calibrated ? String.format(" %8s", "Cllr") : "");
    table.append(String.format(" %8s%n", "minCllr"));
    cells
        .of(channel)
        .forEach(
            (length, cell) -> {
              table.append(
                  String.format(
                      Locale.ROOT,
                      "%8s %7.2f%%",
                      length.equals(Length.WHOLE) ? "whole" : length.name() + " s",
                      100 * cell.equalErrorRate()));
              if (centred) {
                double rate = plain.of(channel).get(length).equalErrorRate();
                table.append(String.format(Locale.ROOT, " %10.2f%%", 100 * rate));
              }
              table.append(String.format(Locale.ROOT, " %13.3f", cell.leastDetectionCost()));
              cell.ratios()
                  .ifPresent(
                      ratios -> table.append(String.format(Locale.ROOT, " %8.3f", ratios.cllr())));
              table.append(String.format(Locale.ROOT, " %8.3f%n", cell.leastCllr()));
            });
  }

  private static String title(Channel channel) {
    return switch (channel) {
      case WIDE_BAND -> "As recorded";
      case TELEPHONE -> "Telephone on both sides";
      case ONE_SIDE -> "Telephone on one side";
    };
  }
}
