package io.turnwise.app.view;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.turnwise.avro.SpeakerChange;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.apache.avro.Schema;

/**
 * One JSON object a line, whatever the event's type, with the fields of the Avro record under their
 * names: times as milliseconds, enumerations as their symbols, what is absent as null.
 */
public final class JsonChanges implements ChangeView {
  private static final JsonFactory JSON = new JsonFactory();

  private final PrintWriter out;

  public JsonChanges(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void show(SpeakerChange change) {
    out.write(line(change) + "\n");
    out.flush();
  }

  static String line(SpeakerChange change) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      for (Schema.Field field : change.getSchema().getFields()) {
        json.writeFieldName(field.name());
        write(json, change.get(field.pos()));
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Object value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof Integer number) {
      json.writeNumber(number);
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else if (value instanceof Float number) {
      json.writeNumber(number);
    } else if (value instanceof Instant time) {
      json.writeNumber(time.toEpochMilli());
    } else if (value instanceof CharSequence || value instanceof Enum<?>) {
      json.writeString(value.toString());
    } else {
      throw new IllegalStateException("no JSON form for a " + value.getClass().getName());
    }
  }
}
