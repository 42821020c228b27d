"""Using models through the API: one picture, or many as a batch."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import httpx

from cytoloop.transport import ApiError, Json, Transport

ACCEPTED = 202
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
READ_BYTES = 1 << 20
# Names of forms, as the API has them, and the endings of their files.
SUFFIXES = {
    "json": ".json",
    "png": ".png",
    "ome-tiff": ".ome.tif",
    "zarr": ".ome.zarr.zip",
    "csv": ".csv",
    "parquet": ".parquet",
    "uncertainty": ".uncertainty.ome.tif",
}


class Predictions:
    """Questions to models, over a `Transport`.

    Parameters
    ----------
    transport : Transport
        Carries the requests.
    sleep : callable, optional
        Waits between two looks at a job.
    """

    def __init__(
        self, transport: Transport, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._transport = transport
        self._sleep = sleep

    def predict(self, model: int, picture: Path | int) -> Json:
        """Ask a model about a picture; wait for the answer.

        Parameters
        ----------
        model : int
            Id of the model version.
        picture : Path or int
            A file, or the id of an image of the lab.

        Returns
        -------
        dict
            ``objects`` with class, confidence and measurements (``columns`` names their units),
            or ``class_probabilities``; ``model`` says exactly which one answered.

        Raises
        ------
        ApiError
            The picture cannot be read, or does not suit the model; ``code`` says why.
        """
        if isinstance(picture, int):
            answer: Json = self._finish(self._ask_about(model, picture), "json").json()
            return answer
        with picture.open("rb") as content:
            answer = self.predict_file(model, picture.name, content, form="json").json()
        return answer

    def predict_file(
        self, model: int, name: str, content: IO[bytes], *, form: str
    ) -> httpx.Response:
        """Ask about an open file, for "json" or another of ``SUFFIXES``."""
        files = {"file": (name, content, "application/octet-stream")}
        response = self._transport.send(
            "POST",
            f"models/{model}/predict",
            repeatable=True,
            data={"format": form},
            files=files,
        )
        return self._finish(response, form)

    def _ask_about(self, model: int, image: int) -> httpx.Response:
        body = {"image": image, "format": "json"}
        return self._transport.send("POST", f"models/{model}/predict", repeatable=True, json=body)

    def _finish(self, response: httpx.Response, form: str) -> httpx.Response:
        """Ask again and again where the answer is not there yet."""
        pause = FIRST_PAUSE
        while response.status_code == ACCEPTED:
            self._sleep(pause)
            pause = min(LONGEST_PAUSE, 1.5 * pause)
            number = response.json()["id"]
            response = self._transport.get_bytes(f"predictions/{number}", format=form)
        return response

    def start_batch(
        self, model: int, *, dataset: int | None = None, uncertainty: bool = False
    ) -> Json:
        """Give a data set, or the pool of the model's project, to a model.

        With `uncertainty` the zip also tells how unsure the model is of each pixel.
        """
        body = {"dataset": dataset, "uncertainty": uncertainty}
        return self._transport.post(f"models/{model}/batches", body)

    def batch(self, number: int) -> Json:
        """Read the state and the progress of a batch."""
        return self._transport.get(f"prediction-batches/{number}")

    def wait_for_batch(
        self, number: int, *, report: Callable[[Json], None] = lambda _: None
    ) -> Json:
        """Wait until a batch is over.

        Parameters
        ----------
        number : int
            Id of the batch.
        report : callable, optional
            Called with the batch after each look.

        Raises
        ------
        ApiError
            It failed or was cancelled.
        """
        pause = FIRST_PAUSE
        while True:
            batch = self.batch(number)
            report(batch)
            if batch["state"] in ("failed", "cancelled"):
                detail = batch["detail"] or f"The batch was {batch['state']}."
                raise ApiError(0, batch["code"] or batch["state"], detail)
            if batch["state"] == "done":
                return batch
            self._sleep(pause)
            pause = min(LONGEST_PAUSE, 1.5 * pause)

    def download_batch(self, number: int, target: IO[bytes], *, labels: str = "ome-tiff") -> None:
        """Write the zip of a batch: label images, and all cells as CSV and Parquet."""
        path = f"prediction-batches/{number}/download"
        with self._transport.stream(path, labels=labels) as pieces:
            for piece in pieces:
                target.write(piece)
