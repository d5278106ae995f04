package io.turnwise.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;

/** One object as one line of JSON, without the line's end; what is absent is null. */
public final class JsonLine {
  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonLine() {}

  /** Writes an object's fields. */
  @FunctionalInterface
  public interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  /** The object with these fields. */
  public static String of(Fields fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("a string takes all text", e);
    }
    return text.toString();
  }

  /** Null where the text is empty. */
  public static void text(JsonGenerator json, String field, String text) throws IOException {
    if (text.isEmpty()) {
      json.writeNullField(field);
    } else {
      json.writeStringField(field, text);
    }
  }

  /** Null where the number is 0. */
  public static void number(JsonGenerator json, String field, long number) throws IOException {
    if (number == 0) {
      json.writeNullField(field);
    } else {
      json.writeNumberField(field, number);
    }
  }
}
