"""Trains the starter model: AAM-softmax over (speaker x speed) plus distillation from a small teacher.

    python3 train.py --minutes 90 --work DIR [--data ../../../shared] [--device cuda --batch 256 --bf16]

    python3 train.py --minutes 105 --work DIR --start ../turnwise-starter.onnx      goes on from published weights

The work folder holds the decoded corpus (made on the first run), a log and a checkpoint every few minutes; running the
same command again goes on from the checkpoint. The schedule follows the clock, not a step count, so that a slow or busy
machine still ends with a fully decayed learning rate. No model is chosen by its score: the result is the moving average
of the weights at the end of the schedule. Nothing here reads the trials; see evaluate.py.
"""
import argparse
import copy
import math
import os
import time

os.environ.setdefault('OMP_WAIT_POLICY', 'passive')   # on a shared machine a waiting thread must not spin
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from augment import degrade, mask
from corpus import CONTEXT, CROP, Corpus
from fbank import TorchFbank
from network import EMBEDDING, ResNet34
from resume import resume_published

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, '..', '..', '..', 'shared')
SHORT_CROP = 16000     # 1.0 s for the first part of the run: a third cheaper per voice heard
AAM_SCALE, AAM_MARGIN = 30., .2


def arguments():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--data', default=DATA, help='folder that holds speech/train and models/voxsv_feats.onnx')
    p.add_argument('--work', default='starter-work', help='cache, log and checkpoints; not for version control')
    p.add_argument('--minutes', type=float, default=90)
    p.add_argument('--width', type=int, default=16)
    p.add_argument('--batch', type=int, default=32)
    p.add_argument('--optimizer', choices=['muon', 'adamw'], default='muon')
    p.add_argument('--lr', type=float, default=2e-3, help='AdamW')
    p.add_argument('--muon-lr', type=float, default=.02, help='orthogonalised momentum, for the convolutions')
    p.add_argument('--weight-decay', type=float, default=.05)
    p.add_argument('--short-until', type=float, default=.5, help='fraction of the run on 1.0 s crops')
    p.add_argument('--weights', type=float, nargs=3, default=[.5, 8., 20.], help='of AAM, cosine and relational loss')
    p.add_argument('--freeze-from', type=float, default=1., help='fraction of the run from which the first stage, which '
                   'settles first and costs most, is left as it is')
    p.add_argument('--start', help='ONNX file written by export.py whose weights to begin with, instead of random ones')
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--threads', type=int, default=2)
    p.add_argument('--device', default='cpu')
    p.add_argument('--bf16', action='store_true', help='3-4 x faster where the processor or GPU has it')
    p.add_argument('--compile', action='store_true', help='torch.compile, PyTorch 2 only')
    p.add_argument('--channels-last', action='store_true')
    p.add_argument('--save-every', type=float, default=3., help='minutes')
    p.add_argument('--stop-after', type=float, default=1e9, help='minutes; end early, with the schedule unfinished')
    return p.parse_args()


class Muon(torch.optim.Optimizer):
    """Momentum whose update is replaced by the nearest (semi-)orthogonal matrix (Jordan et al., 2024): every direction of
    a convolution's weights learns at the same pace. Costs next to nothing at this width and learns faster per crop."""

    def __init__(self, params, lr, momentum=.95, weight_decay=0.):
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group['params']:
                if p.grad is None:
                    continue
                m = self.state[p].setdefault('momentum', torch.zeros_like(p))
                m.lerp_(p.grad, 1 - group['momentum'])
                update = p.grad.lerp(m, group['momentum']).reshape(len(p), -1)
                scale = max(1., update.shape[0] / update.shape[1]) ** .5
                p.mul_(1 - group['lr'] * group['weight_decay'])
                p.add_(_orthogonal(update).view_as(p), alpha=-group['lr'] * scale * _spread(p))


def _spread(p):
    """Steps in proportion to the size of the weights: root mean square relative to an orthogonal matrix of that shape."""
    matrix = p.reshape(len(p), -1)
    return float(matrix.norm() / min(matrix.shape) ** .5)


def _orthogonal(g, steps=5):
    """Newton-Schulz iteration with Jordan's coefficients; singular values end between about 0.7 and 1.2."""
    wide = g if g.shape[0] <= g.shape[1] else g.T
    x = wide / (wide.norm() + 1e-7)
    for _ in range(steps):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x if g.shape[0] <= g.shape[1] else x.T


class Losses(nn.Module):
    """What is thrown away after training: the classifier's centres and the projection onto the teacher's 64 numbers.

    A class is heard some forty times in a short run, far too seldom to find 2,655 centres from nothing. So a centre is
    the teacher's idea of that voice, carried into the embedding's space by one learned map, plus a correction of its own.
    """

    def __init__(self, voices):
        super().__init__()
        self.register_buffer('voices', torch.from_numpy(voices))            # [classes, 64], unit length
        self.lift = nn.Linear(64, EMBEDDING, bias=False)
        nn.init.orthogonal_(self.lift.weight)
        self.correction = nn.Parameter(torch.zeros(len(voices), EMBEDDING))
        self.to_teacher = nn.Linear(EMBEDDING, 64, bias=False)
        self.to_teacher.weight.data.copy_(self.lift.weight.data.T)           # both losses start from one picture

    def forward(self, embedding, label, target, margin):
        unit = F.normalize(embedding, dim=1)
        cosine = (1 - F.cosine_similarity(self.to_teacher(embedding), target)).mean()
        others = ~torch.eye(len(unit), dtype=torch.bool, device=unit.device)
        relational = (unit @ unit.T - target @ target.T)[others].square().mean()
        scores = unit @ F.normalize(self.lift(self.voices) + self.correction, dim=1).T
        own = scores.gather(1, label[:, None]).clamp(-1 + 1e-6, 1 - 1e-6)
        moved = torch.cos(torch.acos(own) + margin)
        moved = torch.where(own > math.cos(math.pi - margin), moved, own - math.sin(math.pi - margin) * margin)
        aam = F.cross_entropy(AAM_SCALE * scores.scatter(1, label[:, None], moved), label)
        return aam, cosine, relational, (scores.argmax(1) == label).float().mean()


def schedule(done):
    """fraction of the run -> (factor of the learning rate, margin)"""
    warm = .03
    factor = done / warm if done < warm else .5 * (1 + math.cos(math.pi * (done - warm) / (1 - warm)))
    return factor + 1e-3, AAM_MARGIN * min(1, max(0, (done - .15) / .35))


def optimizers(model, losses, a):
    flat = [p for p in model.parameters() if p.ndim < 2]
    deep = [p for n, p in model.named_parameters() if p.ndim >= 2]
    adam = [dict(params=flat, weight_decay=0.), dict(params=losses.parameters(), weight_decay=.01)]
    if a.optimizer == 'adamw':
        return [torch.optim.AdamW(adam + [dict(params=deep, weight_decay=a.weight_decay)], lr=a.lr)]
    return [torch.optim.AdamW(adam, lr=a.lr), Muon(deep, a.muon_lr)]


def draw(corpus, features, size, crop, device):
    """-> degraded features [B, T, 80], class [B], target [B, 64]"""
    wave, label, target = (x.to(device) for x in corpus.batch(size, crop))
    return features(degrade(wave, CONTEXT)), label, target


def main():
    a = arguments()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    os.makedirs(a.work, exist_ok=True)
    log = open(os.path.join(a.work, 'train.log'), 'a')

    def say(text):
        line = time.strftime('%H:%M:%S ', time.gmtime()) + text
        print(line, flush=True)
        log.write(line + '\n')
        log.flush()

    corpus = Corpus(a.data, os.path.join(a.work, 'cache'), a.seed, say)
    say(f'{len(corpus.lengths)} clips, {corpus.speakers} speakers, {corpus.classes} classes; {a}')
    features = TorchFbank(a.device)
    model = ResNet34(a.width).to(a.device)
    if a.channels_last:
        model = model.to(memory_format=torch.channels_last)
    losses = Losses(corpus.voices).to(a.device)
    checkpoint = os.path.join(a.work, 'checkpoint.pt')
    if a.start and not os.path.exists(checkpoint):
        say(f'starting from {a.start}: its distance to the teacher is %.3f' % resume_published(
            a.start, model, losses, lambda: draw(corpus, features, a.batch, CROP, a.device)))
    average = copy.deepcopy(model).eval()
    opts = optimizers(model, losses, a)
    for o in opts:
        for g in o.param_groups:
            g['peak'] = g['lr']
    step = crops = 0
    before = 0.                        # seconds of earlier runs
    if os.path.exists(checkpoint):
        c = torch.load(checkpoint, map_location=a.device)
        model.load_state_dict(c['model']), average.load_state_dict(c['average']), losses.load_state_dict(c['losses'])
        [o.load_state_dict(s) for o, s in zip(opts, c['optimizers'])]
        step, crops, before = c['step'], c['crops'], c['seconds']
        corpus.random = np.random.default_rng([a.seed, step])
        torch.manual_seed(a.seed + step)
        say(f'going on from step {step}')
    run = torch.compile(model) if a.compile else model
    start = saved = time.time()
    seen, history, busy = 0, [], np.zeros(2)
    model.train()

    def save():
        state = dict(model=model.state_dict(), average=average.state_dict(), losses=losses.state_dict(), width=a.width,
                     optimizers=[o.state_dict() for o in opts], step=step, crops=crops,
                     seconds=before + time.time() - start, teacher_mean=corpus.teacher_mean)
        torch.save(state, checkpoint + '.new')
        os.replace(checkpoint + '.new', checkpoint)

    while True:
        done = (before + time.time() - start) / (60 * a.minutes)
        if done >= 1 or time.time() - start > 60 * a.stop_after:
            break
        if done >= a.freeze_from and model.conv1.weight.requires_grad:
            for part in model.conv1, model.bn1, model.layer1:
                part.requires_grad_(False).eval()
            say('the first stage is frozen')
        factor, margin = schedule(done)
        for o in opts:
            for g in o.param_groups:
                g['lr'] = g['peak'] * factor
        t = time.time()
        feats, label, target = draw(corpus, features, a.batch, SHORT_CROP if done < a.short_until else CROP, a.device)
        feats = mask(feats)
        busy[0] += time.time() - t
        t = time.time()
        with torch.autocast(torch.device(a.device).type, torch.bfloat16, enabled=a.bf16):
            embedding = run(feats)
        parts = losses(embedding.float(), label, target, margin)
        loss = sum(w * x for w, x in zip(a.weights, parts))
        [o.zero_grad(set_to_none=True) for o in opts]
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.)
        [o.step() for o in opts]
        step, crops, seen = step + 1, crops + a.batch, seen + a.batch
        keep = min(.998, (1 + step) / (10 + step))
        with torch.no_grad():
            for slow, fast in zip(average.state_dict().values(), model.state_dict().values()):
                slow.lerp_(fast, 1 - keep) if slow.is_floating_point() else slow.copy_(fast)
        busy[1] += time.time() - t
        history.append([float(x.detach()) for x in parts])
        if step % 25 == 0:
            v, s = np.mean(history, 0), time.time() - start
            say('step %d crops %d (%.1f/s) done %.3f | aam %.3f cos %.4f rel %.4f acc %.3f | data %.2f net %.2f s/step'
                % (step, crops, seen / s, done, *v, *(busy / len(history))))
            history, busy = [], np.zeros(2)
        if time.time() - saved > 60 * a.save_every:
            save()
            saved = time.time()
    save()
    say(f'stopped after {crops} crops, {step} steps, {(before + time.time() - start) / 60:.1f} minutes')


if __name__ == '__main__':
    main()
