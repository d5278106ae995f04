package io.turnwise.app.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.turnwise.app.view.Timeline;
import org.junit.jupiter.api.Test;

class PlaySummaryTest {
  @Test
  void shouldCountWhatTheEventsSaidInTheEndApartFromTheEvents() {
    // Given: events that all came to nothing
    PlaySummary summary = new PlaySummary(60, 4, 21, 1, new DelayLog());

    // When
    String line = summary.line(new Timeline());

    // Then
    assertEquals(
        "60.0 s of audio in 4.0 s (15.0 x real time): 0 speakers, 0 speaker changes; 21 events,"
            + " 1 record could not be used.",
        line);
  }

  @Test
  void shouldSayHowFarBehindTheAudioTheEventsCame() {
    // Given
    DelayLog delays = new DelayLog();
    delays.add(90);
    delays.add(110);
    delays.add(400);

    // When
    String line = new PlaySummary(60, 60, 1, 0, delays).line(new Timeline());

    // Then
    assertEquals(
        "60.0 s of audio in 60.0 s (1.0 x real time): 0 speakers, 0 speaker changes; 1 event,"
            + " 110 ms behind the audio (median; at most 400 ms).",
        line);
  }
}
