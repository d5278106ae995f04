package io.turnwise.inference.model;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import java.util.Locale;
import java.util.Map;

/**
 * What a network runs on. All but the CPU are checked against the CPU before they are used; see
 * {@link ProviderCheck}.
 */
public enum ExecutionProvider {
  /** The runtime's own, always there. */
  CPU("cpu") {
    @Override
    void addTo(SessionOptions options) {
      // nothing to add
    }
  },
  /** Apple's; as an ML program, which keeps float32 where the older format rounds to float16. */
  CORE_ML("coreml") {
    @Override
    void addTo(SessionOptions options) throws OrtException {
      options.addCoreML(
          Map.of(
              "ModelFormat",
              "MLProgram",
              "MLComputeUnits",
              "ALL",
              "RequireStaticInputShapes",
              "1"));
    }
  },
  /** NVIDIA's, in full float32; needs the GPU build of the runtime. */
  CUDA("cuda") {
    @Override
    void addTo(SessionOptions options) throws OrtException {
      addCuda(options);
    }
  },
  /** NVIDIA's compiler of networks, CUDA for what it leaves; compiles for minutes at start. */
  TENSOR_RT("tensorrt") {
    @Override
    void addTo(SessionOptions options) throws OrtException {
      try (OrtTensorRTProviderOptions tensorRt = new OrtTensorRTProviderOptions()) {
        tensorRt.add("trt_fp16_enable", "0");
        tensorRt.add("trt_int8_enable", "0");
        options.addTensorrt(tensorRt);
      }
      addCuda(options);
    }
  };

  private final String word;

  ExecutionProvider(String word) {
    this.word = word;
  }

  abstract void addTo(SessionOptions options) throws OrtException;

  private static void addCuda(SessionOptions options) throws OrtException {
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions()) {
      // TF32 keeps 10 bits of 23
      cuda.add("use_tf32", "0");
      // the exhaustive search times the algorithms, so that two starts may compute differently
      cuda.add("cudnn_conv_algo_search", "HEURISTIC");
      options.addCUDA(cuda);
    }
  }

  /**
   * What {@code auto} tries on a machine: CoreML on an Apple processor, else CUDA where the runtime
   * has it, else the CPU. Never TensorRT, which would compile for minutes at each start.
   */
  static ExecutionProvider preferred(String system, String architecture, boolean cuda) {
    boolean mac = system.toLowerCase(Locale.ROOT).startsWith("mac");
    if (mac && architecture.equals("aarch64")) {
      return CORE_ML;
    }
    return cuda ? CUDA : CPU;
  }

  /** The word of the settings and of the command line. */
  @Override
  public String toString() {
    return word;
  }
}
