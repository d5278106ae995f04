package io.turnwise.inference.speech;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.inference.model.UnusableModel;
import io.turnwise.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpeechGatesTest {
  @Test
  void shouldFindOurOwnGate() {
    try (SpeechGate.Factory gates = SpeechGates.named("energy")) {
      assertEquals("energy", gates.name());
    }
  }

  @Test
  void shouldFindSilerosNetwork() {
    String path = Shared.require("models/silero_vad.onnx").toString();

    try (SpeechGate.Factory gates = SpeechGates.named("silero:" + path)) {
      assertEquals("silero", gates.name());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Energy", "silero", "silero:", "webrtc"})
  void shouldRefuseASettingThatNamesNoGate(String setting) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> SpeechGates.named(setting));

    assertEquals(
        "speech gate '"
            + setting
            + "': must be 'energy' or 'silero:PATH' with the path of an ONNX file",
        refusal.getMessage());
  }

  @Test
  void shouldNameTheFileThatIsMissing(@TempDir Path folder) {
    Path missing = folder.resolve("none.onnx");

    UnusableModel refusal =
        assertThrows(UnusableModel.class, () -> SpeechGates.named("silero:" + missing));

    assertEquals(
        "speech gate " + missing + ": cannot be read; give the path of Silero's silero_vad.onnx",
        refusal.getMessage());
  }

  @Test
  void shouldRefuseAFileThatIsNoNetwork(@TempDir Path folder) throws IOException {
    Path text = Files.writeString(folder.resolve("text.onnx"), "not a network");

    UnusableModel refusal =
        assertThrows(UnusableModel.class, () -> SpeechGates.named("silero:" + text));

    assertTrue(refusal.getMessage().startsWith("speech gate " + text + ": not an ONNX network"));
  }

  @Test
  void shouldSayWhatAnotherNetworkTakes() {
    Path speakers = Shared.require("models/voxsv_feats.onnx");

    UnusableModel refusal =
        assertThrows(UnusableModel.class, () -> SpeechGates.named("silero:" + speakers));

    assertTrue(refusal.getMessage().contains("has inputs [feats]"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("[input, state, sr]"), refusal.getMessage());
  }
}
