package io.turnwise.app.trials;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.turnwise.inference.calibration.Channel;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What the trials say of a model.
 *
 * @param model its name
 * @param cosines the scores of each channel and each length that was evaluated, one at least
 */
public record TrialReport(String model, Map<Channel, Map<Length, TrialScores>> cosines) {
  /** Prior probability of one speaker in the detection cost. */
  static final double PRIOR = 0.05;

  /**
   * The rate of equal errors, 0 to 1, as {@link TrialScores#equalErrorRate()} defines it.
   *
   * @throws IllegalArgumentException if the length was not evaluated
   */
  public double equalErrorRate(Channel channel, Length length) {
    TrialScores scores = cosines.get(channel).get(length);
    if (scores == null) {
      throw new IllegalArgumentException("length: " + length.name() + " was not evaluated");
    }
    return scores.equalErrorRate();
  }

  /** One line of JSON; error rates in percent. */
  public String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("model", model);
      json.writeNumberField("minDcfPrior", PRIOR);
      write(json, Channel.WIDE_BAND);
      json.writeObjectFieldStart("telephone");
      write(json, Channel.TELEPHONE);
      json.writeEndObject();
      json.writeObjectFieldStart("oneSideTelephone");
      write(json, Channel.ONE_SIDE);
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("a string takes all text", e);
    }
    return text.toString();
  }

  private void write(JsonGenerator json, Channel channel) throws IOException {
    write(json, "eer", channel, scores -> 100 * scores.equalErrorRate());
    write(json, "minDcf", channel, scores -> scores.leastDetectionCost(PRIOR));
    write(json, "minCllr", channel, TrialScores::leastCllr);
    json.writeObjectFieldStart("trials");
    json.writeNumberField("same", any(channel).same());
    json.writeNumberField("different", any(channel).different());
    json.writeEndObject();
  }

  /** Lengths differ in scores and not in pairs. */
  private TrialScores any(Channel channel) {
    return cosines.get(channel).values().iterator().next();
  }

  private void write(
      JsonGenerator json, String field, Channel channel, ToDoubleFunction<TrialScores> figure)
      throws IOException {
    json.writeObjectFieldStart(field);
    for (var cell : cosines.get(channel).entrySet()) {
      json.writeNumberField(cell.getKey().name(), rounded(figure.applyAsDouble(cell.getValue())));
    }
    json.writeEndObject();
  }

  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }

  /** Tables for people. */
  public String table() {
    StringBuilder table = new StringBuilder();
    table.append(model).append(System.lineSeparator());
    for (Channel channel : Channel.values()) {
      table.append(
          String.format(
              Locale.ROOT,
              "%n%s: %d pairs of one speaker, %d of two%n",
              title(channel),
              any(channel).same(),
              any(channel).different()));
      table.append(
          String.format(
              Locale.ROOT, "%8s %8s %13s %8s%n", "length", "EER", "minDCF(0.05)", "minCllr"));
      for (var cell : cosines.get(channel).entrySet()) {
        TrialScores scores = cell.getValue();
        table.append(
            String.format(
                Locale.ROOT,
                "%8s %7.2f%% %13.3f %8.3f%n",
                cell.getKey().equals(Length.WHOLE) ? "whole" : cell.getKey().name() + " s",
                100 * scores.equalErrorRate(),
                scores.leastDetectionCost(PRIOR),
                scores.leastCllr()));
      }
    }
    return table.toString();
  }

  private static String title(Channel channel) {
    return switch (channel) {
      case WIDE_BAND -> "As recorded";
      case TELEPHONE -> "Telephone on both sides";
      case ONE_SIDE -> "Telephone on one side";
    };
  }
}
