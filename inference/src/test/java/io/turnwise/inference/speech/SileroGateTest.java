package io.turnwise.inference.speech;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.inference.speech.LabelledCall.SpeechError;
import io.turnwise.testing.Shared;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SileroGateTest extends SpeechGateContract {
  private SpeechGate.Factory gates;

  @BeforeAll
  void load() {
    gates = SpeechGates.named("silero:" + Shared.require("models/silero_vad.onnx"));
  }

  @AfterAll
  void close() {
    if (gates != null) {
      gates.close();
    }
  }

  @Override
  SpeechGate.Factory gates() {
    return gates;
  }

  @Override
  boolean callMayBeSilent() {
    return true;
  }

  @ParameterizedTest
  @CsvSource({
    "models/silero_vad.onnx, 12000",
    "models/silero_vad.onnx, 4000",
    "models/silero_vad.onnx, 24000",
    "models/silero_vad_16k_op15.onnx, 12000",
  })
  void shouldAgreeWithHumanLabels(String model, int hop) {
    // Given
    LabelledCall call = LabelledCall.in(Shared.require("audio/telephone")).get(0);
    try (SpeechGate.Factory gates = SpeechGates.named("silero:" + Shared.require(model))) {
      // When
      SpeechError error = call.error(call.decisions(gates.start(), hop));
      // Then
      assertTrue(error.rate() < 0.12, error + ": " + error.rate());
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0, -0f, 1, 1.00390625f, 1.01171875f, 3.3e38f, -1e-40f, 0.1f})
  void shouldRoundToTheNearestBfloat16(float value) {
    float rounded = SileroGate.fromBfloat16(SileroGate.toBfloat16(value));

    assertEquals(SileroGate.toBfloat16(rounded), SileroGate.toBfloat16(value));
    assertTrue(
        rounded == value || Math.abs(rounded - value) <= Math.max(1e-40f, Math.abs(value) / 256));
  }

  @Test
  void shouldBreakTiesToEvenWhenRounding() {
    assertEquals(1f, SileroGate.fromBfloat16(SileroGate.toBfloat16(1.00390625f)));
    assertEquals(1.015625f, SileroGate.fromBfloat16(SileroGate.toBfloat16(1.01171875f)));
  }
}
