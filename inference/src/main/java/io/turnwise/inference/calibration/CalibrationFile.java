package io.turnwise.inference.calibration;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.turnwise.inference.calibration.Calibration.Point;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * A calibration as it is stored beside its model.
 *
 * @param model the model's name; for people
 * @param sha256 the model file's digest: embeddings of any other mean something else
 * @param speakers how many speakers it was fitted on
 * @param calibration the numbers
 */
public record CalibrationFile(String model, String sha256, int speakers, Calibration calibration) {
  /** Follows the model file's name without extension. */
  public static final String SUFFIX = ".calibration.json";

  private static final int FORMAT = 1;

  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  public CalibrationFile {
    if (model.isBlank()) {
      throw new IllegalArgumentException("model: is missing");
    }
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "sha256: " + sha256 + " is not 64 lower-case hexadecimal digits");
    }
    if (speakers < 2) {
      throw new IllegalArgumentException("speakers: " + speakers + " is fewer than 2");
    }
  }

  /** The fields of the file. */
  private record Content(
      int format,
      String model,
      String sha256,
      int speakers,
      float[] mean,
      List<StoredPoint> points) {}

  private record StoredPoint(String channel, double seconds, double slope, double intercept) {}

  /**
   * Reads a file strictly.
   *
   * @throws IllegalArgumentException if it is not such a file, or a number is out of its range;
   *     says which
   */
  public static CalibrationFile read(byte[] json) {
    Content content;
    try {
      content = STRICT.readValue(json, Content.class);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    if (content == null || content.points().contains(null)) {
      throw new IllegalArgumentException("null where an object is wanted");
    }
    if (content.format() != FORMAT) {
      throw new IllegalArgumentException(
          "format: " + content.format() + " is not " + FORMAT + ", the one that is known");
    }
    List<Point> points =
        content.points().stream()
            .map(
                point ->
                    new Point(
                        Channel.of(point.channel()),
                        point.seconds(),
                        point.slope(),
                        point.intercept()))
            .toList();
    return new CalibrationFile(
        content.model(),
        content.sha256(),
        content.speakers(),
        Calibration.of(content.mean(), points));
  }

  /**
   * The calibration, if it is this model's.
   *
   * @param fingerprint SHA-256 of the model's file
   * @param dimension length of its embeddings
   * @throws IllegalArgumentException if it is another model's
   */
  public Calibration of(String fingerprint, int dimension) {
    if (!sha256.equals(fingerprint)) {
      throw new IllegalArgumentException(
          "sha256: it was fitted on the model " + sha256 + ", and this one is " + fingerprint);
    }
    if (calibration.centres() && calibration.dimension() != dimension) {
      throw new IllegalArgumentException(
          "mean: has "
              + calibration.dimension()
              + " values, and the model's embeddings "
              + dimension);
    }
    return calibration;
  }

  /** The file's text; reading it gives an equal calibration. */
  public String json() {
    StringBuilder json = new StringBuilder();
    json.append("{\n  \"format\": ").append(FORMAT);
    json.append(",\n  \"model\": ").append(quoted(model));
    json.append(",\n  \"sha256\": ").append(quoted(sha256));
    json.append(",\n  \"speakers\": ").append(speakers);
    json.append(",\n  \"mean\": [");
    float[] mean = calibration.mean();
    for (int i = 0; i < mean.length; i++) {
      json.append(i == 0 ? "" : ",").append(i % 8 == 0 ? "\n    " : " ").append(mean[i]);
    }
    json.append(mean.length == 0 ? "]" : "\n  ]").append(",\n  \"points\": [");
    List<Point> points = calibration.points();
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      json.append(i == 0 ? "\n" : ",\n");
      json.append(
          String.format(
              Locale.ROOT,
              "    {\"channel\": \"%s\", \"seconds\": %s, \"slope\": %s, \"intercept\": %s}",
              point.channel(),
              point.seconds(),
              point.slope(),
              point.intercept()));
    }
    return json.append(points.isEmpty() ? "]\n}\n" : "\n  ]\n}\n").toString();
  }

  private static String quoted(String text) {
    try {
      return STRICT.writeValueAsString(text);
    } catch (JacksonException e) {
      throw new IllegalStateException("every text can be written", e);
    }
  }
}
