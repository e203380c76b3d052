"""GPyTorch's sparse variational process on the field of field.py: gaps of log loss as seconds go by.

Its lines are JSON: seconds of the processor in steps, without those of the looks between them, and the gap.
"""

import argparse
import json
import time

import field
import gpytorch
import torch
from gpytorch.variational import CholeskyVariationalDistribution, VariationalStrategy

BATCH, LOOK = 500, 25


class SparseProcess(gpytorch.models.ApproximateGP):
    def __init__(self, inducing: torch.Tensor, learned: bool) -> None:
        distribution = CholeskyVariationalDistribution(len(inducing))
        super().__init__(VariationalStrategy(self, inducing, distribution, learn_inducing_locations=False))
        self.mean_module = gpytorch.means.ZeroMean()
        self.covar_module = gpytorch.kernels.ScaleKernel(gpytorch.kernels.RBFKernel())
        if not learned:
            self.covar_module.outputscale = field.VARIANCE / 1.7**2  # its link is the probit
            self.covar_module.base_kernel.lengthscale = field.LENGTH
            self.covar_module.requires_grad_(False)

    def forward(self, x: torch.Tensor) -> gpytorch.distributions.MultivariateNormal:
        return gpytorch.distributions.MultivariateNormal(self.mean_module(x), self.covar_module(x))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("n", type=int)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--rate", type=float, default=0.03)
    parser.add_argument("--fixed", action="store_true", help="the kernel is the field's own")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    X, y = (torch.as_tensor(a) for a in field.rows(options.n))
    X_test, p = field.tested()
    y = y.double()
    model = SparseProcess(X[torch.randperm(len(X))[: options.points]], not options.fixed).double()
    likelihood = gpytorch.likelihoods.BernoulliLikelihood().double()
    model.train()
    bound = gpytorch.mlls.VariationalELBO(likelihood, model, num_data=len(y))
    optimizer = torch.optim.Adam([q for q in model.parameters() if q.requires_grad], lr=options.rate)
    spent, steps = 0.0, 0
    while spent < options.seconds:
        start = time.process_time()
        for _ in range(LOOK):
            some = torch.randint(len(y), (BATCH,))
            optimizer.zero_grad()
            loss = -bound(model(X[some]), y[some])
            loss.backward()
            optimizer.step()
        spent, steps = spent + time.process_time() - start, steps + LOOK
        if steps % (LOOK * 4) == 0:
            model.eval()
            with torch.no_grad():
                f = model(torch.as_tensor(X_test))
                mean, sd = f.mean, f.variance.sqrt()
            model.train()
            found = field.gap(p, averaged(mean, sd))
            print(json.dumps({"seconds": spent, "steps": steps, "gap": found}), flush=True)


def averaged(mean: torch.Tensor, sd: torch.Tensor) -> field.Array:
    """Return means of the logistic under normal laws: GPyTorch's link is the probit, so that it is Phi."""
    return torch.distributions.Normal(0.0, 1.0).cdf(mean / (1 + sd**2).sqrt()).numpy()


if __name__ == "__main__":
    main()
