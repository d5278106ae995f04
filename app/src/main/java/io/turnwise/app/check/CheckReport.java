package io.turnwise.app.check;

import com.fasterxml.jackson.core.JsonGenerator;
import io.turnwise.app.JsonLine;
import io.turnwise.app.preflight.Finding;
import io.turnwise.inference.model.ProviderCheck;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * All that was looked at.
 *
 * @param findings in the order they were made
 * @param provider what the model runs on; empty where it could not be opened
 * @param segmentMillis median milliseconds for a segment, features and network; likewise
 */
record CheckReport(
    List<Finding> findings, Optional<ProviderCheck> provider, OptionalDouble segmentMillis) {
  CheckReport {
    findings = List.copyOf(findings);
  }

  boolean ok() {
    return findings.stream().noneMatch(finding -> finding.state() == Finding.State.FAILED);
  }

  /** A line for each finding. */
  String lines() {
    int width = findings.stream().mapToInt(finding -> finding.subject().length()).max().orElse(0);
    StringBuilder lines = new StringBuilder();
    for (Finding finding : findings) {
      lines
          .append(String.format("%-7s  ", finding.state()))
          .append(String.format("%-" + width + "s  ", finding.subject()))
          .append(finding.sentence())
          .append('\n');
    }
    return lines.toString();
  }

  /** One line of JSON; what was not measured is null. */
  String json() {
    return JsonLine.of(
        json -> {
          json.writeBooleanField("ok", ok());
          json.writeFieldName("provider");
          if (provider.isPresent()) {
            write(json, provider.get());
          } else {
            json.writeNull();
          }
          writeNumber(json, "segmentMillis", segmentMillis.orElse(Double.NaN));
          json.writeArrayFieldStart("findings");
          for (Finding finding : findings) {
            json.writeStartObject();
            json.writeStringField("subject", finding.subject());
            json.writeStringField("state", finding.state().toString());
            json.writeStringField("detail", finding.detail());
            json.writeStringField("remedy", finding.remedy());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static void write(JsonGenerator json, ProviderCheck check) throws IOException {
    json.writeStartObject();
    json.writeStringField("requested", check.requested().toString());
    json.writeStringField("tried", check.tried().toString());
    json.writeStringField("used", check.used().toString());
    json.writeBooleanField("fellBack", check.fellBack());
    json.writeStringField("outcome", check.outcome().name());
    json.writeStringField("reason", check.reason());
    writeNumber(json, "agreement", check.agreement());
    writeNumber(json, "providerMillis", check.providerMillis());
    writeNumber(json, "cpuMillis", check.cpuMillis());
    json.writeEndObject();
  }

  private static void writeNumber(JsonGenerator json, String name, double value)
      throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumberField(name, value);
    } else {
      json.writeNullField(name);
    }
  }
}
