package io.turnwise.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InferenceFiguresTest {
  /**
   * Features take 1 ms, the gate 1 ms; the float32 network 39 ms, the int8 one 15 ms; a second's
   * resampling 2 ms.
   */
  private static final Rounds ROUNDS =
      new Rounds(
          List.of(
              Map.of(
                  InferenceFigures.FEATURES,
                  1_000.0,
                  InferenceFigures.RESAMPLER,
                  500.0,
                  InferenceFigures.GATE,
                  1_000.0,
                  InferenceFigures.PRODUCT,
                  100.0,
                  InferenceFigures.FLOAT,
                  25.0,
                  InferenceFigures.INT8,
                  62.5,
                  InferenceFigures.together(InferenceFigures.FLOAT),
                  48.0,
                  InferenceFigures.together(InferenceFigures.INT8),
                  120.0,
                  Peer.NAME,
                  20.0)));

  @Test
  void shouldWorkOutWhatACoreCarries() throws Exception {
    // Given
    InferenceFigures figures = figures();

    // When
    JsonNode json = new JsonMapper().readTree(figures.json());

    // Then: at a hop of 0.75 s, 39 + 1 + 1 + 0.75 x 2 ms a segment
    assertEquals(750 / 42.5, json.at("/float32/channelsPerCoreByHop/0.75").asDouble(), 1e-4);
    assertEquals(1500 / 20.0, json.at("/int8/channelsPerCoreByHop/1.5").asDouble(), 1e-4);
    assertEquals(3.5 / 39, json.at("/float32/shareBesidesNetwork").asDouble(), 1e-4);
    assertEquals(3.5 / 15, json.at("/int8/shareBesidesNetwork").asDouble(), 1e-4);
  }

  @Test
  void shouldCompareWithThePeakAndThePeer() throws Exception {
    // Given
    InferenceFigures figures = figures();

    // When
    JsonNode json = new JsonMapper().readTree(figures.json());

    // Then
    double peak = 100 * 2 * Math.pow(MatrixProduct.SIZE, 3) / 1e9;
    double network = 2 * 0.84 / 0.039;
    assertEquals(peak, json.at("/peakGflops").asDouble(), 1e-3);
    assertEquals(network, json.at("/float32/networkGflops").asDouble(), 1e-3);
    assertEquals(network / peak, json.at("/float32/shareOfPeak").asDouble(), 1e-4);
    assertEquals(2.5, json.at("/int8OverFloat32").asDouble());
    assertEquals(1.25, json.at("/peer/float32OverPeer").asDouble());
    assertEquals("[3.1,2.7]", json.at("/eer/whole").toString());
  }

  @Test
  void shouldPrintEveryFigureAndWhatWasLeftOut() {
    // Given
    StringWriter text = new StringWriter();

    // When
    figures().print(new PrintWriter(text));

    // Then
    String printed = text.toString();
    for (String wanted :
        List.of(
            "float32, 1 caller               25.0        25.0        43.1          48 %",
            "int8, 2 callers                120.0        60.0",
            "int8 / float32      2.50 x (2.50 x with 2 callers)",
            "float32: 6 at 0.25 s, 11 at 0.5 s, 17 at 0.75 s, 23 at 1.0 s, 34 at 1.5 s",
            "9.0 % of the float32 network at a hop of 0.75 s, 12.8 % at 1.5 s",
            "sherpa-onnx 9.9 on the same file, one thread: 20.0 segments/s (50.0 ms); ours 1.25 x",
            "whole: ours 3.10 %, the peer's 2.70 %",
            "left out            something: because")) {
      assertTrue(printed.contains(wanted), () -> "no '" + wanted + "' in:\n" + printed);
    }
  }

  @Test
  void shouldSayNothingOfWhatWasNotMeasured() throws Exception {
    // Given
    InferenceFigures figures =
        new InferenceFigures("mine", 0, 1, false, Optional.empty(), List.of(), Map.of(), ROUNDS);
    StringWriter text = new StringWriter();

    // When
    figures.print(new PrintWriter(text));
    JsonNode json = new JsonMapper().readTree(figures.json());

    // Then
    assertEquals(false, text.toString().contains("int8"), text.toString());
    assertEquals(false, text.toString().contains("sherpa"), text.toString());
    assertEquals(false, json.has("int8") || json.has("peer") || json.has("eer"));
    assertEquals(false, text.toString().contains("multiply-adds"), text.toString());
    assertTrue(text.toString().contains("25.0           -           - %"), text.toString());
    assertEquals(false, json.has("multiplyAdds") || json.get("float32").has("networkGflops"));
    assertEquals(false, json.get("float32").has("segmentsPerSecondAllCallers"));
  }

  private static InferenceFigures figures() {
    return new InferenceFigures(
        "mine",
        840_000_000,
        2,
        true,
        Optional.of("9.9"),
        List.of("something: because"),
        Map.of("whole", new double[] {3.1, 2.7}),
        ROUNDS);
  }
}
