package io.turnwise.topology.segment;

import io.turnwise.inference.speech.SpeechGate;
import java.nio.ByteBuffer;

/**
 * A gate with a memory, so that a test notices when the memory is lost: its floor drifts slowly.
 */
final class LevelGate implements SpeechGate {
  private float floor;

  private LevelGate(float floor) {
    this.floor = floor;
  }

  @Override
  public boolean[] decide(float[] segment, int fresh) {
    boolean[] speech = new boolean[segment.length / FRAME];
    for (int frame = 0; frame < speech.length; frame++) {
      float level = 0;
      for (int i = 0; i < FRAME; i++) {
        level = Math.max(level, Math.abs(segment[frame * FRAME + i]));
      }
      speech[frame] = level > floor;
      if ((frame + 1) * FRAME > segment.length - fresh) {
        floor += 0.01f * (level - floor);
      }
    }
    return speech;
  }

  @Override
  public byte[] state() {
    return ByteBuffer.allocate(4).putFloat(floor).array();
  }

  static SpeechGate.Factory factory() {
    return new Factory() {
      @Override
      public String name() {
        return "level";
      }

      @Override
      public SpeechGate start() {
        return new LevelGate(0);
      }

      @Override
      public SpeechGate resume(byte[] state) {
        return new LevelGate(ByteBuffer.wrap(state).getFloat());
      }

      @Override
      public void close() {}
    };
  }
}
