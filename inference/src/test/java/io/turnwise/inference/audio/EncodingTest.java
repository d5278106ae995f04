package io.turnwise.inference.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncodingTest {
  @ParameterizedTest
  @CsvSource({"MULAW, ULAW", "ALAW, ALAW"})
  void shouldDecodeEveryG711CodeAsJavaSoundDoes(Encoding encoding, String name) throws IOException {
    // Given
    byte[] codes = new byte[256];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) i;
    }

    // When
    float[] decoded = new float[codes.length];
    encoding.decode(codes, 0, codes.length, decoded, 0);

    // Then
    assertArrayEquals(javaSound(new AudioFormat.Encoding(name), codes), decoded);
  }

  private static float[] javaSound(AudioFormat.Encoding encoding, byte[] codes) throws IOException {
    AudioFormat coded = new AudioFormat(encoding, 8000, 8, 1, 1, 8000, false);
    AudioFormat linear =
        new AudioFormat(AudioFormat.Encoding.PCM_SIGNED, 8000, 16, 1, 2, 8000, false);
    try (AudioInputStream in =
        AudioSystem.getAudioInputStream(
            linear, new AudioInputStream(new ByteArrayInputStream(codes), coded, codes.length))) {
      ByteBuffer samples = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      float[] expected = new float[samples.remaining() / 2];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = samples.getShort() / 32768f;
      }
      return expected;
    }
  }

  @Test
  void shouldDecodeEverySixteenBitValueExactly() {
    // Given
    ByteBuffer bytes = ByteBuffer.allocate(2 * 65_536).order(ByteOrder.LITTLE_ENDIAN);
    for (int value = Short.MIN_VALUE; value <= Short.MAX_VALUE; value++) {
      bytes.putShort((short) value);
    }

    // When
    float[] decoded = new float[65_536];
    Encoding.PCM_S16LE.decode(bytes.array(), 0, 65_536, decoded, 0);

    // Then
    for (int i = 0; i < decoded.length; i++) {
      assertEquals(i + Short.MIN_VALUE, decoded[i] * 32768, 0);
    }
  }

  @Test
  void shouldReadAndWriteFromTheGivenPlaces() {
    // Given
    byte[] bytes = {99, 0, 0x40, 0, (byte) 0xc0, 99};
    float[] out = {9, 9, 9, 9};

    // When
    Encoding.PCM_S16LE.decode(bytes, 1, 2, out, 1);

    // Then
    assertArrayEquals(new float[] {9, 0.5f, -0.5f, 9}, out);
  }

  @Test
  void shouldWriteNothingWhenTheBytesAreTooFew() {
    // Given
    float[] out = new float[2];

    // When
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> Encoding.PCM_S16LE.decode(new byte[] {1, 2, 3}, 0, 2, out, 0));

    // Then
    assertArrayEquals(new float[2], out);
  }
}
