package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallTest {
  private static final int VOICES = 4;

  private final float[] somebody = new SyntheticCall(1, 1).direction();
  private final Call call =
      new Call(TrackerSettings.of(SyntheticCall.THRESHOLD), CallVoices.none());

  @Test
  void shouldKeepNoMorePassagesThanItMayWhenNoTwoCanBeTakenTogether() {
    // Given one passage on each of many channels, one of them of a voice heard nowhere else
    for (int channel = 0; channel < Call.PASSAGES; channel++) {
      call.keep(passage(channel, channel == 7 ? VOICES : channel % VOICES, 1));
    }

    // When
    call.keep(passage(200, 0, 1));

    // Then
    assertEquals(Call.PASSAGES, call.passages.size());
    assertTrue(call.passages.stream().anyMatch(kept -> kept.channel() == 200));
    assertTrue(call.passages.stream().anyMatch(kept -> kept.voice() == VOICES));
  }

  @Test
  void shouldForgetTheLightestPassageWhenNoTwoCanBeTakenTogether() {
    // Given
    for (int channel = 0; channel < Call.PASSAGES; channel++) {
      call.keep(passage(channel, channel % VOICES, channel == 42 ? 0.5f : 1));
    }

    // When
    call.keep(passage(200, 0, 1));

    // Then
    assertFalse(call.passages.stream().anyMatch(kept -> kept.channel() == 42));
  }

  private Passage passage(int channel, int voice, float weight) {
    Window window =
        new Window(
            0, List.of(new Span(0, 1500)), weight, -20, false, false, Window.packed(somebody));
    return Passage.of(channel, Role.UNKNOWN, 0, window, voice, voice, 0, true);
  }
}
