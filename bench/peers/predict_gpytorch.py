"""GPyTorch's sparse variational process (SVGP), kernel and inducing points by maximum evidence bound."""

import time
from types import SimpleNamespace

import gpytorch
import torch
import worker
from gpytorch.variational import CholeskyVariationalDistribution, VariationalStrategy

INDUCING, BATCH, STEPS, LEARNING_RATE = 150, 256, 2000, 0.02


class SparseProcess(gpytorch.models.ApproximateGP):
    def __init__(self, inducing: torch.Tensor) -> None:
        distribution = CholeskyVariationalDistribution(len(inducing))
        super().__init__(VariationalStrategy(self, inducing, distribution, learn_inducing_locations=True))
        self.mean_module = gpytorch.means.ConstantMean()
        self.covar_module = gpytorch.kernels.ScaleKernel(gpytorch.kernels.RBFKernel())
        self.covar_module.base_kernel.lengthscale = inducing.shape[1] ** 0.5

    def forward(self, x: torch.Tensor) -> gpytorch.distributions.MultivariateNormal:
        return gpytorch.distributions.MultivariateNormal(self.mean_module(x), self.covar_module(x))


def fit(model: SparseProcess, likelihood: gpytorch.likelihoods.Likelihood, X: torch.Tensor, y: torch.Tensor):
    bound = gpytorch.mlls.VariationalELBO(likelihood, model, num_data=len(y))
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    for _ in range(STEPS):
        rows = torch.randperm(len(y))[:BATCH]
        optimizer.zero_grad()
        loss = -bound(model(X[rows]), y[rows])
        loss.backward()
        optimizer.step()


def sample(problem: SimpleNamespace):
    start = time.perf_counter()
    torch.manual_seed(problem.seed)
    torch.set_num_threads(problem.cores)
    X, y, X_test = (torch.as_tensor(a) for a in (problem.X, problem.y, problem.X_test))
    model = SparseProcess(X[torch.randperm(len(X))[:INDUCING]]).double()
    likelihood = gpytorch.likelihoods.BernoulliLikelihood().double()
    fit(model, likelihood, X, y)
    model.eval()
    with torch.no_grad():
        probabilities = likelihood(model(X_test)).probs.numpy()
    return probabilities, time.perf_counter() - start


if __name__ == "__main__":
    worker.main(sample)
