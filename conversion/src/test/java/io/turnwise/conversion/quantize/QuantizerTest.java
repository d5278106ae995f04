package io.turnwise.conversion.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.turnwise.inference.features.Fbank;
import io.turnwise.inference.features.Features;
import io.turnwise.inference.model.Cosine;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.UnusableModel;
import io.turnwise.testing.OnnxBytes;
import io.turnwise.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizerTest {
  private static final int CONVOLUTIONS = 7;

  private final Quantizer quantizer = new Quantizer(WeightBits.SEVEN);

  @TempDir private Path folder;

  @Test
  void shouldAgreeWithTheFloatNetworkOnWindowsHeldOut() throws IOException {
    // Given
    Model model = model(TinyResNet.of().build());

    // When
    Quantized quantized = quantizer.quantize(model, windows());

    // Then
    assertEquals(CONVOLUTIONS, quantized.convolutions());
    assertEquals(0, quantized.left());
    assertEquals(4, quantized.heldOut().windows());
    assertTrue(quantized.heldOut().least() > 0.997, quantized.heldOut().toString());
    assertTrue(quantized.heldOut().least() < 1 - 1e-9, "int8 rounds, so this is no comparison");
  }

  @Test
  void shouldAgreeWhenTheRuntimeRunsTheFileAsItDoesInProduction() throws Exception {
    // Given
    ModelProto model = TinyResNet.of().build();
    List<Features> windows = windows();

    // When
    byte[] file = quantizer.quantize(model(model), windows).file();

    // Then: no session option of the quantizer's own
    for (Features window : windows) {
      double cosine = Cosine.of(embed(model.toByteArray(), window), embed(file, window));
      assertTrue(cosine > 0.997, "cosine " + cosine);
    }
  }

  @Test
  void shouldGiveEachOutputChannelOfTheWeightsAScaleOfItsOwn() throws IOException {
    // Given
    Model model = model(TinyResNet.of().build());

    // When
    ModelProto written = written(quantizer.quantize(model, windows()));

    // Then
    Graph graph = Graph.of(written);
    for (NodeProto convolution : nodes(written, "Conv")) {
      NodeProto dequantize = producer(graph, convolution.getInput(1));
      TensorProto weights = graph.constant(dequantize.getInput(0)).orElseThrow();
      float[] scales = Tensors.floats(graph.constant(dequantize.getInput(1)).orElseThrow());
      assertEquals(TensorProto.DataType.INT8_VALUE, weights.getDataType());
      assertEquals(0, Graph.attribute(dequantize, "axis").orElseThrow().getI());
      assertEquals(weights.getDims(0), scales.length);
      assertTrue(Arrays.stream(toDoubles(scales)).distinct().count() > 1, "all scales are one");
      int each = weights.getRawData().size() / scales.length;
      for (int channel = 0; channel < scales.length; channel++) {
        int largest = 0;
        for (int i = channel * each; i < (channel + 1) * each; i++) {
          largest = Math.max(largest, Math.abs(weights.getRawData().byteAt(i)));
        }
        assertEquals(64, largest, "channel " + channel + " does not use its seven bits");
      }
    }
  }

  @Test
  void shouldScaleBiasesByActivationTimesWeight() throws IOException {
    // Given
    Model model = model(TinyResNet.of().build());

    // When
    ModelProto written = written(quantizer.quantize(model, windows()));

    // Then
    Graph graph = Graph.of(written);
    for (NodeProto convolution : nodes(written, "Conv")) {
      float step = scales(graph, convolution.getInput(0))[0];
      float[] weights = scales(graph, convolution.getInput(1));
      float[] bias = scales(graph, convolution.getInput(2));
      for (int channel = 0; channel < bias.length; channel++) {
        assertEquals(step * weights[channel], bias[channel], 1e-6f * bias[channel]);
      }
      NodeProto dequantize = producer(graph, convolution.getInput(2));
      assertEquals(
          TensorProto.DataType.INT32_VALUE,
          graph.constant(dequantize.getInput(0)).orElseThrow().getDataType());
    }
  }

  @Test
  void shouldPutQuantizationAroundEveryInputAndOutputOfWhatIsInt8() throws IOException {
    // Given
    Model model = model(TinyResNet.of().build());

    // When
    ModelProto written = written(quantizer.quantize(model, windows()));

    // Then
    Graph graph = Graph.of(written);
    List<NodeProto> steps = new ArrayList<>(nodes(written, "Conv"));
    steps.addAll(nodes(written, "Add"));
    assertEquals(CONVOLUTIONS + 2, steps.size());
    for (NodeProto step : steps) {
      for (String input : step.getInputList()) {
        assertEquals("DequantizeLinear", producer(graph, input).getOpType(), input);
      }
      List<Integer> after = graph.consumers(step.getOutput(0));
      assertEquals(1, after.size(), step.getOutput(0));
      assertEquals("QuantizeLinear", graph.node(after.get(0)).getOpType());
    }
    assertEquals(List.of(), nodes(written, "Relu"));
    assertEquals(List.of(), nodes(written, "BatchNormalization"));
    assertEquals("Transpose", written.getGraph().getNode(0).getOpType());
  }

  @Test
  void shouldLetZeroBeTheLeastValueWhereAnActivationIsLeftOut() throws IOException {
    // Given
    Model model = model(TinyResNet.of().build());

    // When
    Graph graph = Graph.of(written(quantizer.quantize(model, windows())));

    // Then
    for (String rectified : List.of("stem_relu", "block1_a_relu", "block1", "block2")) {
      TensorProto zeroPoint = graph.constant(producer(graph, rectified).getInput(2)).orElseThrow();
      assertEquals(TensorProto.DataType.UINT8_VALUE, zeroPoint.getDataType());
      assertEquals(0, zeroPoint.getRawData().byteAt(0), rectified);
    }
  }

  @Test
  void shouldBecomeInt8KernelsInTheRuntime() throws Exception {
    // Given
    byte[] file = quantizer.quantize(model(TinyResNet.of().build()), windows()).file();
    Path optimized = folder.resolve("optimized.onnx");

    // When
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizedModelFilePath(optimized.toString());
      // ALL_OPT would differ by processor
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.EXTENDED_OPT);
      OrtEnvironment.getEnvironment().createSession(file, options).close();
    }

    // Then
    Map<String, Long> operators =
        ModelProto.parseFrom(Files.readAllBytes(optimized)).getGraph().getNodeList().stream()
            .map(NodeProto::getOpType)
            .collect(
                Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    assertEquals((long) CONVOLUTIONS, operators.get("QLinearConv"), operators.toString());
    assertEquals(2L, operators.get("QLinearAdd"), operators.toString());
    assertEquals(Optional.empty(), Optional.ofNullable(operators.get("Conv")));
    assertEquals(1L, operators.get("QuantizeLinear"), "only the network's own input is quantized");
  }

  @Test
  void shouldGiveTheSameBytesWhenTheModelAndTheSoundAreTheSame() throws IOException {
    // Given
    Model model = model(TinyResNet.of().build());

    // When
    byte[] once = quantizer.quantize(model, windows()).file();
    byte[] again = quantizer.quantize(model, windows()).file();

    // Then
    assertArrayEquals(once, again);
  }

  @Test
  void shouldKeepWhatTheModelSaysOfItself() throws IOException {
    // Given
    ModelProto model =
        TinyResNet.of().build().toBuilder()
            .addMetadataProps(
                StringStringEntryProto.newBuilder().setKey("framework").setValue("wespeaker"))
            .build();

    // When
    ModelProto written = written(quantizer.quantize(model(model), windows()));

    // Then
    Map<String, String> metadata =
        written.getMetadataPropsList().stream()
            .collect(
                Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
    assertEquals("wespeaker", metadata.get("framework"));
    assertTrue(metadata.get("turnwise.quantization").contains("7 bits"), metadata.toString());
    assertEquals(model.getGraph().getInputList(), written.getGraph().getInputList());
    assertEquals(model.getGraph().getOutputList(), written.getGraph().getOutputList());
  }

  @Test
  void shouldUseAllEightBitsWhenAsked() throws IOException {
    // Given
    Model model = model(TinyResNet.of().build());

    // When
    Quantized seven = quantizer.quantize(model, windows());
    Quantized eight = new Quantizer(WeightBits.EIGHT).quantize(model, windows());

    // Then
    assertTrue(
        eight.heldOut().mean() > seven.heldOut().mean(),
        () -> "8 bits " + eight.heldOut() + ", 7 bits " + seven.heldOut());
  }

  @Test
  void shouldChooseTheRangesWithTheLeastError() throws IOException {
    // Given
    Model model = model(TinyResNet.of().build());

    // When
    Quantized quantized = quantizer.quantize(model, windows());

    // Then
    assertEquals(RangeRule.values().length, quantized.tried().size());
    double least =
        quantized.tried().values().stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    assertEquals(least, quantized.tried().get(quantized.ranges()));
  }

  @Test
  void shouldRefuseAModelThatIsQuantizedAlready() throws IOException {
    // Given
    byte[] file = quantizer.quantize(model(TinyResNet.of().build()), windows()).file();
    Model twin = model(ModelProto.parseFrom(file));

    // When
    UnusableModel refused =
        assertThrows(UnusableModel.class, () -> quantizer.quantize(twin, windows()));

    // Then
    assertEquals(
        "The model tiny cannot be quantized: it is quantized already (it has a node"
            + " QuantizeLinear); quantize the float32 model.",
        refused.getMessage());
  }

  @Test
  void shouldRefuseAModelThatTakesTheWaveform() throws IOException {
    // Given
    Model waveform = model(ModelProto.parseFrom(OnnxBytes.waveform()));

    // When
    UnusableModel refused =
        assertThrows(UnusableModel.class, () -> quantizer.quantize(waveform, windows()));

    // Then
    assertTrue(refused.getMessage().contains("takes the waveform"), refused.getMessage());
  }

  @Test
  void shouldRefuseAModelWithoutConvolutions() throws IOException {
    // Given
    Model plain = model(ModelProto.parseFrom(OnnxBytes.features()));

    // When
    UnusableModel refused =
        assertThrows(UnusableModel.class, () -> quantizer.quantize(plain, windows()));

    // Then
    assertTrue(refused.getMessage().contains("has no convolution"), refused.getMessage());
  }

  @Test
  void shouldRefuseAnOpsetWithoutScalesPerChannel() throws IOException {
    // Given
    Model old = model(TinyResNet.of().opset(12).build());

    // When
    UnusableModel refused =
        assertThrows(UnusableModel.class, () -> quantizer.quantize(old, windows()));

    // Then
    assertTrue(refused.getMessage().contains("is of opset 12; export it"), refused.getMessage());
  }

  @Test
  void shouldRefuseAModelThatKeepsTensorsElsewhere() throws IOException {
    // Given
    ModelProto.Builder external = TinyResNet.of().build().toBuilder();
    external
        .getGraphBuilder()
        .getInitializerBuilder(1)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL);
    Model honest = model(TinyResNet.of().build());
    Model model =
        new Model(
            honest.name(),
            honest.fingerprint(),
            honest.kind(),
            honest.bins(),
            honest.dimension(),
            honest.threshold(),
            external.build().toByteArray());

    // When
    UnusableModel refused =
        assertThrows(UnusableModel.class, () -> quantizer.quantize(model, windows()));

    // Then
    assertTrue(refused.getMessage().contains("'stem_w' in another file"), refused.getMessage());
  }

  @Test
  void shouldRefuseTooFewWindows() throws IOException {
    // Given
    Model model = model(TinyResNet.of().build());

    // When
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> quantizer.quantize(model, windows().subList(0, 9)));

    // Then
    assertEquals("windows: 9 are fewer than 10", refused.getMessage());
  }

  @Test
  void shouldStayNearTheStarterModelOnRealSpeech() {
    // Given
    Path starter = Shared.projectRoot().resolve("models/turnwise-starter.onnx");
    Model model = new ModelCatalog(List.of()).find(starter.toString());
    List<Features> speech = CalibrationSound.read(Shared.projectRoot().resolve("samples"));

    // When
    Quantized quantized = quantizer.quantize(model, speech);

    // Then
    assertTrue(quantized.heldOut().mean() > 0.998, quantized.heldOut().toString());
    assertTrue(quantized.heldOut().least() > 0.99, quantized.heldOut().toString());
    assertTrue(quantized.file().length < 0.6 * model.bytes().length, "it is hardly smaller");
  }

  @Test
  void shouldLeaveAConvolutionAfterPoolingInFloat() throws IOException {
    // Given: clips instead of ReLUs, maximum pools, a 1x1 convolution as the last layer
    Model model =
        new ModelCatalog(List.of()).find(Shared.require("models/voxsv_feats.onnx").toString());

    // When
    Quantized quantized =
        quantizer.quantize(model, CalibrationSound.read(Shared.projectRoot().resolve("samples")));

    // Then
    ModelProto written = written(quantized);
    assertEquals(1, quantized.left());
    assertEquals(12, quantized.convolutions());
    assertEquals(2, nodes(written, "Clip").size(), "the features' and the last, float addition's");
    assertTrue(quantized.heldOut().mean() > 0.99, quantized.heldOut().toString());
    Graph graph = Graph.of(written);
    for (NodeProto pool : nodes(written, "MaxPool")) {
      NodeProto after = graph.node(graph.consumers(pool.getOutput(0)).get(0));
      NodeProto before = producer(graph, pool.getInput(0));
      assertArrayEquals(
          Tensors.floats(graph.constant(before.getInput(1)).orElseThrow()),
          Tensors.floats(graph.constant(after.getInput(1)).orElseThrow()),
          "the runtime pools bytes only where both scales are one");
    }
  }

  @Test
  void shouldNameEveryTensorOnce() throws IOException {
    // Given
    Model model = model(TinyResNet.of().build());

    // When
    ModelProto written = written(quantizer.quantize(model, windows()));

    // Then
    Set<String> names = new TreeSet<>();
    Set<String> twice = new HashSet<>();
    written.getGraph().getNodeList().stream()
        .flatMap(node -> node.getOutputList().stream())
        .filter(name -> !names.add(name))
        .forEach(twice::add);
    written.getGraph().getInitializerList().stream()
        .map(TensorProto::getName)
        .filter(name -> !names.add(name))
        .forEach(twice::add);
    assertEquals(Set.of(), twice);
  }

  private Model model(ModelProto proto) throws IOException {
    Path file = Files.write(folder.resolve("tiny.onnx"), proto.toByteArray());
    return new ModelCatalog(List.of()).find(file.toString());
  }

  /** Twenty sounds: buzzes of different pitch over noise of different strength. */
  private static List<Features> windows() {
    Fbank fbank = new Fbank();
    Random random = new Random(5);
    List<Features> windows = new ArrayList<>();
    for (int window = 0; window < 20; window++) {
      double pitch = 90 + 180 * random.nextDouble();
      double noise = 0.001 + 0.05 * random.nextDouble();
      float[] samples = new float[8_000];
      for (int i = 0; i < samples.length; i++) {
        double phase = i * pitch / 16_000 % 1;
        samples[i] = (float) (0.3 * (2 * phase - 1) + noise * random.nextGaussian());
      }
      windows.add(fbank.computeCentred(samples, 0, samples.length));
    }
    return windows;
  }

  private static float[] embed(byte[] file, Features window) throws Exception {
    List<float[]> got = new ArrayList<>();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = environment.createSession(file, options);
        ai.onnxruntime.OnnxTensor input =
            ai.onnxruntime.OnnxTensor.createTensor(
                environment,
                java.nio.FloatBuffer.wrap(window.values()),
                new long[] {1, window.frames(), window.bins()});
        OrtSession.Result result = session.run(Map.of("feats", input))) {
      java.nio.FloatBuffer values = ((ai.onnxruntime.OnnxTensor) result.get(0)).getFloatBuffer();
      float[] embedding = new float[values.remaining()];
      values.get(embedding);
      got.add(embedding);
    }
    return got.get(0);
  }

  private static ModelProto written(Quantized quantized) throws IOException {
    return ModelProto.parseFrom(quantized.file());
  }

  private static List<NodeProto> nodes(ModelProto model, String operator) {
    return model.getGraph().getNodeList().stream()
        .filter(node -> node.getOpType().equals(operator))
        .toList();
  }

  private static NodeProto producer(Graph graph, String tensor) {
    return graph.node(graph.producer(tensor).orElseThrow());
  }

  /** Scales of the node that dequantizes the tensor. */
  private static float[] scales(Graph graph, String tensor) {
    return Tensors.floats(graph.constant(producer(graph, tensor).getInput(1)).orElseThrow());
  }

  private static double[] toDoubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
