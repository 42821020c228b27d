"""A project on the benchmark's site whose pictures tell from one another by their middle."""

from typing import Any

import numpy as np

HEIGHT, WIDTH = 900, 1200
BRIGHTEST = 4000


def make_project(samples: int) -> dict[str, Any]:
    """Make a project with a queue of pictures, and say how an annotator signs in."""
    # Django is set up by the site just before.
    from annotations.images.services import process_image  # noqa: PLC0415
    from annotations.models import ImageStatus  # noqa: PLC0415
    from tests import factories as make  # noqa: PLC0415

    lab = make.make_lab()
    dataset = make.make_dataset(lab)
    project = make.make_project(lab, datasets=[dataset], overlap=1)
    for number in range(samples):
        image = make.make_image(
            dataset, picture=_picture(number, samples), status=ImageStatus.QUEUED, split="train"
        )
        process_image(image.pk, report=lambda **_progress: None)
        image.refresh_from_db()
        make.make_queued_sample(project, image)
    person = make.join_project(project)
    return {"project": project.pk, "username": person.username, "password": make.PASSWORD}


def _picture(number: int, count: int) -> np.ndarray:
    """A ramp from dark to bright, and a grey of its own in the middle."""
    picture = np.linspace(0, BRIGHTEST, WIDTH).astype(np.uint16)[None, None].repeat(HEIGHT, axis=1)
    middle = BRIGHTEST * (number + 1) // (count + 1)
    picture[:, HEIGHT // 3 : 2 * HEIGHT // 3, WIDTH // 3 : 2 * WIDTH // 3] = middle
    return picture
