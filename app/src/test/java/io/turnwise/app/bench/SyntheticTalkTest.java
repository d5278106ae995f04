package io.turnwise.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.SpeakerEmbedding;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyntheticTalkTest {
  @Test
  void shouldMakeTheSameCallOfTheSameSeed() {
    assertEquals(segments(64, 8, 3, 500), segments(64, 8, 3, 500));
    assertNotEquals(segments(64, 8, 3, 500), segments(64, 8, 4, 500));
  }

  @Test
  void shouldMakeSegmentsInOrderOnTheGridWithLongEnoughSpeech() {
    // When
    List<SpeakerEmbedding> call = segments(16, 8, 1, 3_000);

    // Then
    long before = -1;
    int full = 0;
    for (SpeakerEmbedding segment : call) {
      assertTrue(segment.getSegment() > before);
      before = segment.getSegment();
      assertEquals(before * SyntheticTalk.HOP_MILLIS, segment.getStartMillis());
      assertTrue(segment.getSpeechMillis() >= 500 && segment.getSpeechMillis() <= 1500);
      full += segment.getSpeechMillis() == 1500 ? 1 : 0;
    }
    assertEquals(5.0 / 6, (double) full / call.size(), 0.03);
  }

  @Test
  void shouldKeepTheCosinesThatAreUsualWithinAVoice() {
    // Given: one person alone
    List<SpeakerEmbedding> call = segments(256, 1, 1, 400);

    // When: pairs that share no noise
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < call.size(); i++) {
      for (int j = 0; j + 1 < i; j++) {
        sum += cosine(call.get(i), call.get(j));
        pairs++;
      }
    }

    // Then
    assertEquals(SyntheticTalk.WITHIN, sum / pairs, 0.05);
  }

  @Test
  void shouldKeepTheCosinesThatAreUsualBetweenVoices() {
    // Given: two people
    List<SpeakerEmbedding> call = segments(256, 2, 1, 1_000);

    // When: of a segment that is one person's alone, the pairs with the other's are the lower half
    double least = 1;
    for (int i = 0; i < call.size(); i += 7) {
      double sum = 0;
      int pairs = 0;
      for (int j = 0; j < call.size(); j++) {
        double cosine = cosine(call.get(i), call.get(j));
        if (cosine < SyntheticTalk.THRESHOLD) {
          sum += cosine;
          pairs++;
        }
      }
      least = pairs > 100 ? Math.min(least, sum / pairs) : least;
    }

    // Then
    assertEquals(SyntheticTalk.BETWEEN, least, 0.08);
  }

  private static List<SpeakerEmbedding> segments(
      int dimension, int speakers, long seed, int count) {
    SyntheticTalk talk = new SyntheticTalk(dimension, speakers, seed);
    List<SpeakerEmbedding> segments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      segments.add(talk.next());
    }
    return segments;
  }

  private static double cosine(SpeakerEmbedding a, SpeakerEmbedding b) {
    double dot = 0;
    for (int d = 0; d < a.getVector().size(); d++) {
      dot += (double) a.getVector().get(d) * b.getVector().get(d);
    }
    return dot;
  }
}
