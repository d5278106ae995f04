package io.turnwise.inference.speech;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.turnwise.inference.model.InferenceRuntime;
import io.turnwise.inference.model.SelfContained;
import io.turnwise.inference.model.UnusableModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Silero's voice-activity network (version 5 and later, 16 kHz): {@code input} [1, 576] (64 samples
 * of context and 512 new ones), {@code state} [2, 1, 128] and {@code sr} to {@code output} [1, 1],
 * a probability, and {@code stateN}.
 *
 * <p>Its windows end with the segment, so that no samples need be kept between segments; the first
 * window takes what it lacks from the overlap. The network's state is rounded to bfloat16 after
 * each segment, which is what {@link #state()} holds.
 */
final class SileroGate implements SpeechGate {
  private static final int WINDOW = 512;
  private static final int CONTEXT = 64;
  private static final int[] STATE_SHAPE = {2, 1, 128};
  private static final int STATE = 256;

  /** Probabilities at which speech begins and ends: Silero's own. */
  private static final float BEGIN = 0.5f;

  private static final float END = 0.35f;

  private static final byte VERSION = 2;
  private static final int BYTES = 1 + STATE * Short.BYTES + RecentFrames.BYTES + SpeechRuns.BYTES;

  private final Network network;
  private final float[] memory;

  /** Decisions before they were smoothed. */
  private final RecentFrames raw;

  private final SpeechRuns runs;

  private SileroGate(Network network, float[] memory, RecentFrames raw, SpeechRuns runs) {
    this.network = network;
    this.memory = memory;
    this.raw = raw;
    this.runs = runs;
  }

  /** Loads Silero's network; {@link SpeechGates#named} says how it fails. */
  static SpeechGate.Factory load(Path file) {
    return Network.load(file);
  }

  @Override
  public boolean[] decide(float[] segment, int fresh) {
    Segments.check(segment, fresh);
    int frames = segment.length / FRAME;
    int seen = frames - fresh / FRAME;
    boolean[] known = raw.before(0, seen);
    boolean[] speech = new boolean[frames];
    System.arraycopy(known, 0, speech, seen - known.length, known.length);
    boolean[] latest = raw.before(0, 1);
    boolean speaking = latest.length > 0 && latest[0];
    float[] next = memory.clone();
    float[] input = new float[CONTEXT + WINDOW];
    int windows = (fresh + WINDOW - 1) / WINDOW;
    for (int window = windows; window > 0; window--) {
      int begin = segment.length - window * WINDOW;
      int from = begin - CONTEXT;
      int lacking = Math.max(0, -from);
      Arrays.fill(input, 0, lacking, 0);
      System.arraycopy(segment, from + lacking, input, lacking, input.length - lacking);
      float probability = network.step(input, next);
      speaking = probability >= (speaking ? END : BEGIN);
      // A frame belongs to the window that holds its middle.
      for (int frame = Math.max(seen, Math.floorDiv(begin + FRAME / 2 - 1, FRAME));
          frame < frames && frame * FRAME + FRAME / 2 < begin + WINDOW;
          frame++) {
        speech[frame] = speaking;
      }
    }
    for (int i = 0; i < STATE; i++) {
      memory[i] = fromBfloat16(toBfloat16(next[i]));
    }
    raw.append(speech, seen);
    return runs.smooth(speech, seen);
  }

  @Override
  public byte[] state() {
    ByteBuffer state = ByteBuffer.allocate(BYTES).put(VERSION);
    for (float value : memory) {
      state.putShort(toBfloat16(value));
    }
    raw.write(state);
    runs.write(state);
    return state.array();
  }

  /** Rounds to nearest, ties to even. */
  static short toBfloat16(float value) {
    int bits = Float.floatToIntBits(value);
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }

  static float fromBfloat16(short value) {
    return Float.intBitsToFloat(value << 16);
  }

  /**
   * The loaded network: one session for all channels; thread-safe. Closing waits for the windows
   * under way; closing again does nothing.
   */
  private static final class Network implements SpeechGate.Factory {
    private static final long[] INPUT_SHAPE = {1, CONTEXT + WINDOW};
    private static final long[] MEMORY_SHAPE = {STATE_SHAPE[0], STATE_SHAPE[1], STATE_SHAPE[2]};

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final OnnxTensor rate;
    private final ReadWriteLock life = new ReentrantReadWriteLock();
    private boolean closed;

    private Network(OrtEnvironment environment, OrtSession session, OnnxTensor rate) {
      this.environment = environment;
      this.session = session;
      this.rate = rate;
    }

    static Network load(Path file) {
      byte[] bytes;
      try {
        bytes = Files.readAllBytes(file);
      } catch (IOException e) {
        throw new UnusableModel(
            "speech gate " + file + ": cannot be read; give the path of Silero's silero_vad.onnx",
            e);
      }
      try {
        SelfContained.require(bytes);
      } catch (IllegalArgumentException e) {
        throw new UnusableModel(
            "speech gate "
                + file
                + ": not an ONNX network that can be run: it "
                + e.getMessage()
                + "; give the path of Silero's silero_vad.onnx",
            e);
      }
      OrtEnvironment environment = InferenceRuntime.environment();
      OrtSession session = null;
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        options.addConfigEntry("session.inter_op.allow_spinning", "0");
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        // Else bytes that were checked as ONNX could be run as the runtime's own format.
        options.addConfigEntry("session.load_model_format", "ONNX");
        session = environment.createSession(bytes, options);
        checkContract(file, session);
        OnnxTensor rate =
            OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[] {16_000}), new long[0]);
        Network network = new Network(environment, session, rate);
        session = null;
        network.tryOut(file);
        return network;
      } catch (OrtException e) {
        throw new UnusableModel(
            "speech gate " + file + ": not an ONNX network that can be run: " + e.getMessage(), e);
      } finally {
        close(session);
      }
    }

    private static void checkContract(Path file, OrtSession session) throws OrtException {
      Map<String, NodeInfo> inputs = session.getInputInfo();
      Map<String, NodeInfo> outputs = session.getOutputInfo();
      boolean silero =
          inputs.size() == 3
              && is(inputs.get("input"), OnnxJavaType.FLOAT)
              && is(inputs.get("state"), OnnxJavaType.FLOAT)
              && is(inputs.get("sr"), OnnxJavaType.INT64)
              && is(outputs.get("output"), OnnxJavaType.FLOAT)
              && is(outputs.get("stateN"), OnnxJavaType.FLOAT);
      if (!silero) {
        throw new UnusableModel(
            "speech gate "
                + file
                + ": has inputs "
                + inputs.keySet()
                + " and outputs "
                + outputs.keySet()
                + " where Silero's network (version 5 or later) has [input, state, sr] and [output,"
                + " stateN]; give the path of its silero_vad.onnx");
      }
    }

    private static boolean is(NodeInfo node, OnnxJavaType type) {
      return node != null && node.getInfo() instanceof TensorInfo tensor && tensor.type == type;
    }

    /** A graph may name its inputs so and still take other shapes. */
    private void tryOut(Path file) {
      try {
        step(new float[CONTEXT + WINDOW], new float[STATE]);
      } catch (IllegalStateException e) {
        close();
        throw new UnusableModel(
            "speech gate "
                + file
                + ": does not take Silero's shapes, input [1, 576] and state [2, 1, 128]: "
                + e.getMessage(),
            e);
      }
    }

    /** One window: takes and replaces {@code memory}, gives the probability of speech. */
    float step(float[] input, float[] memory) {
      life.readLock().lock();
      try {
        if (closed) {
          throw new IllegalStateException("the speech gate 'silero' is closed");
        }
        return run(input, memory);
      } finally {
        life.readLock().unlock();
      }
    }

    private float run(float[] input, float[] memory) {
      try (OnnxTensor samples =
              OnnxTensor.createTensor(environment, FloatBuffer.wrap(input), INPUT_SHAPE);
          OnnxTensor state =
              OnnxTensor.createTensor(environment, FloatBuffer.wrap(memory), MEMORY_SHAPE);
          OrtSession.Result result =
              session.run(Map.of("input", samples, "state", state, "sr", rate))) {
        FloatBuffer output = ((OnnxTensor) result.get("output").orElseThrow()).getFloatBuffer();
        FloatBuffer after = ((OnnxTensor) result.get("stateN").orElseThrow()).getFloatBuffer();
        if (output.remaining() != 1 || after.remaining() != STATE) {
          throw new IllegalStateException(
              "Silero's network gave "
                  + output.remaining()
                  + " probabilities and a state of "
                  + after.remaining());
        }
        float probability = output.get(0);
        // NaN would pass for silence, now and, through the state, for ever
        if (!Float.isFinite(probability)) {
          throw new IllegalStateException("Silero's network gave a probability that is not finite");
        }
        after.get(memory);
        return probability;
      } catch (OrtException e) {
        throw new IllegalStateException("Silero's network failed: " + e.getMessage(), e);
      }
    }

    @Override
    public String name() {
      return "silero";
    }

    @Override
    public SpeechGate start() {
      return new SileroGate(this, new float[STATE], new RecentFrames(), new SpeechRuns());
    }

    @Override
    public SpeechGate resume(byte[] state) {
      if (state.length != BYTES || state[0] != VERSION) {
        throw new IllegalArgumentException(
            "speech gate state: "
                + state.length
                + " bytes that were not written by this version of the 'silero' gate, which writes "
                + BYTES);
      }
      ByteBuffer from = ByteBuffer.wrap(state, 1, BYTES - 1);
      float[] memory = new float[STATE];
      for (int i = 0; i < STATE; i++) {
        memory[i] = fromBfloat16(from.getShort());
      }
      return new SileroGate(this, memory, RecentFrames.read(from), SpeechRuns.read(from));
    }

    @Override
    public void close() {
      life.writeLock().lock();
      try {
        if (!closed) {
          closed = true;
          rate.close();
          close(session);
        }
      } finally {
        life.writeLock().unlock();
      }
    }

    private static void close(OrtSession session) {
      if (session == null) {
        return;
      }
      try {
        session.close();
      } catch (OrtException e) {
        throw new IllegalStateException("Silero's network could not be closed", e);
      }
    }
  }
}
